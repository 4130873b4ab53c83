import pLimit from 'p-limit';
import { isHtml } from './answers.ts';
import { RegistryError, type RegistryErrorCode } from './errors.ts';
import { type Answer, askedWait, type ExchangeRequest, exchange, requestLine } from './exchange.ts';
import { isLoopback } from './hosts.ts';
import { asRecord, parseJson } from './manifest.ts';
import type { ConnectOptions } from './providers/provider.ts';
import { type Secrets, serverWords } from './redact.ts';
import type { RequestOptions } from './registry.ts';

const requestsAtOnce = 6;
const defaultTimeout = 30_000;
/** A page of a hundred rows has a few hundred kilobytes where each names many platforms. */
const answerLimit = 16 * 1024 * 1024;
/** For a limit that names no end, and the most that one is believed. */
const usualPause = 60_000;
const longestPause = 3_600_000;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly options: RequestOptions;
  /** What a 404 means. */
  readonly missing: RegistryErrorCode;
  /** What the request is about, for the error. */
  readonly subject: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Without the authorization that others get. */
  readonly anonymous?: true;
}

export interface ApiAnswer {
  readonly answer: Answer;
  /** The parsed body; `undefined` where it is empty. */
  readonly json: unknown;
}

export interface ApiSettings {
  /** The registry, as errors name it. */
  readonly host: string;
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The header to send; asked again, with what was refused, after a 401. */
  readonly authorization: (options: RequestOptions, refused?: string) => Promise<string | undefined>;
  /** What was sent as a secret so far, to be kept out of messages. */
  readonly secrets: Secrets;
}

/** A provider's own JSON interface beside its registry: GitHub's REST, Docker Hub's. At most six requests at a time. */
export interface Api {
  readonly base: URL;
  /** The answer when it is 2xx; anything else throws a RegistryError. After a limit was met nothing is sent until it ends. */
  request(asked: ApiRequest): Promise<ApiAnswer>;
}

/**
 * The address of `path`, which has no slash in front, below an interface whose own address may have a path and a slash at its end; with
 * these parameters.
 */
export function under(base: URL, path: string, parameters: Readonly<Record<string, number>> = {}): URL {
  const url = new URL(`${base.href}${base.href.endsWith('/') ? '' : '/'}${path}`);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
  return url;
}

/** Requests to the interface at `base`, which get their authorization there and nowhere else; contacts nothing yet. */
export function apiOf(settings: ApiSettings, options: ConnectOptions): Api {
  const { host, base, headers, authorization, secrets } = settings;
  const limit = pLimit(requestsAtOnce);
  const exchanging = {
    host,
    apiHost: base.host,
    fetch: options.fetch ?? globalThis.fetch,
    timeout: options.timeout ?? defaultTimeout,
  };
  const mayAuthorize = base.protocol === 'https:' || isLoopback(base.host);
  let pausedUntil = 0;

  async function send(asked: ApiRequest, sent: string | undefined): Promise<Answer> {
    const { method, url, body, options } = asked;
    if (url.origin !== base.origin) throw new RegistryError('PAGING', host, { detail: 'an address leads to another host' });
    const paused = pausedUntil - Date.now();
    if (paused > 0) throw new RegistryError('TOOMANYREQUESTS', host, { retryAfter: paused, subject: asked.subject });
    const request: ExchangeRequest = {
      method,
      url,
      limit: answerLimit,
      headers: { accept: 'application/json', ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(sent !== undefined && { authorization: sent }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(options.signal && { signal: options.signal }),
    };
    return exchange(exchanging, request);
  }

  async function authorized(asked: ApiRequest): Promise<Answer> {
    if (asked.anonymous || !mayAuthorize) return send(asked, undefined);
    const first = await authorization(asked.options);
    const answer = await send(asked, first);
    if (answer.status !== 401 || first === undefined) return answer;
    // A token may have ended while pages were read.
    const second = await authorization(asked.options, first);
    return second === undefined || second === first ? answer : send(asked, second);
  }

  async function request(asked: ApiRequest): Promise<ApiAnswer> {
    const answer = await limit(() => authorized(asked));
    const { status, body } = answer;
    if (status < 200 || status > 299 || isHtml(answer)) {
      const error = apiError(host, asked, answer, secrets);
      if (error.code === 'TOOMANYREQUESTS') pausedUntil = Date.now() + Math.min(error.retryAfter ?? usualPause, longestPause);
      throw error;
    }
    const json = parseJson(body);
    if (json === undefined && body.byteLength > 0) throw new RegistryError('NOT_A_REGISTRY', host, { status, subject: asked.subject });
    return { answer, json };
  }

  return { base, request };
}

const byStatus: ReadonlyMap<number, RegistryErrorCode> = new Map<number, RegistryErrorCode>([
  [401, 'UNAUTHORIZED'],
  [403, 'DENIED'],
  [429, 'TOOMANYREQUESTS'],
]);

/** The error that an answer means. GitHub and Docker Hub both put their words under `message`, Docker Hub now and then under `detail`. */
export function apiError(
  host: string,
  { method, missing, subject }: Pick<ApiRequest, 'method' | 'missing' | 'subject'>,
  answer: Answer,
  secrets: Iterable<string>,
): RegistryError {
  const { status } = answer;
  const data = asRecord(parseJson(answer.body));
  const said = [data?.['message'], data?.['detail']].find(text => typeof text === 'string' && text !== '');
  const detail = typeof said === 'string' ? serverWords(said, secrets) : '';
  const wait = askedWait(answer.headers);
  // GitHub answers 403 for its limits too, and says so in its headers or, for the secondary ones, in words.
  const limited = status === 403 && (wait !== undefined || /rate limit/i.test(detail));
  const page = isHtml(answer) && status < 500 && status !== 401 && status !== 429;
  const code = page
    ? 'NOT_A_REGISTRY'
    : limited
      ? 'TOOMANYREQUESTS'
      : (byStatus.get(status) ?? (status === 404 ? missing : status >= 500 ? 'SERVER_ERROR' : 'UNEXPECTED'));
  return new RegistryError(code, host, {
    status,
    request: requestLine(method, answer.url),
    subject,
    ...(wait !== undefined && { retryAfter: wait }),
    ...(detail !== '' && { detail }),
  });
}
