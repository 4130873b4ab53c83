import { setTimeout as sleep } from 'node:timers/promises';
import { causes, codes } from './causes.ts';
import { RegistryError } from './errors.ts';
import type { Fetch, FetchResponse } from './fetch.ts';

export interface ExchangeRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Sent to the url's own host only; a redirect to another one loses it. */
  readonly authorization?: string;
  /** A redirect to another host is refused: the headers hold secrets of their own, or what is there answers no such question. */
  readonly stays?: true;
  /** Bytes of the answer that are read; more is an error. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: FetchResponse['headers'];
  readonly body: Uint8Array;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
}

export interface ExchangeSettings {
  /** The registry, as errors name it. */
  readonly host: string;
  /** Where its API is; trouble elsewhere (storage, a token service) is told with its place. */
  readonly apiHost: string;
  readonly fetch: Fetch;
  readonly timeout: number;
  /** How often a read is sent in all; three times where absent. */
  readonly attempts?: number;
}

const usualAttempts = 3;
/** A longer wait is the user's to decide about. */
const longestWait = 10_000;
const mostRedirects = 5;
/** Statuses that may be gone a moment later; other 5xx are answers. */
const passing: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/**
 * Sends one request and reads its whole answer. GET and HEAD are tried again, three times in all, after 429, 5xx and a lost
 * connection; a write never is, since only its caller can find out what became of it. Any status is an answer here.
 */
export async function exchange(settings: ExchangeSettings, request: ExchangeRequest): Promise<Answer> {
  const repeatable = request.method === 'GET' || request.method === 'HEAD';
  for (let attempt = 1; ; attempt++) {
    request.signal?.throwIfAborted();
    const last = !repeatable || attempt >= (settings.attempts ?? usualAttempts);
    let wait = 250 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
    try {
      const answer = await follow(settings, request);
      if (last || !passing.has(answer.status)) return answer;
      const asked = askedWait(answer.headers);
      if (asked !== undefined && asked > longestWait) return answer;
      wait = Math.max(wait, asked ?? 0);
    } catch (error) {
      if (last || !(error instanceof RegistryError) || error.code !== 'RESET') throw error;
    }
    await sleep(wait, undefined, request.signal ? { signal: request.signal } : {});
  }
}

/** Milliseconds that a `Retry-After` header asks for: seconds, or a date. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Method and path of a request: enough to find it in a log, and never a query, which may hold a token. */
export function requestLine(method: string, url: URL): string {
  return `${method} ${url.pathname}`;
}

/**
 * Milliseconds that an answer asks to wait: `Retry-After`, or the moment that Docker Hub (`X-Retry-After`) and GitHub
 * (`X-RateLimit-Reset`, with nothing remaining) name in seconds since 1970.
 */
export function askedWait(headers: FetchResponse['headers'], now = Date.now()): number | undefined {
  const after = retryAfter(headers.get('retry-after'), now);
  if (after !== undefined) return after;
  const until = headers.get('x-retry-after') ?? (headers.get('x-ratelimit-remaining') === '0' ? headers.get('x-ratelimit-reset') : null);
  return until !== null && /^\d{9,11}$/.test(until) ? Math.max(0, Number(until) * 1000 - now) : undefined;
}

async function follow(settings: ExchangeSettings, request: ExchangeRequest): Promise<Answer> {
  let url = request.url;
  let authorization = request.authorization;
  for (let hop = 0; ; hop++) {
    const answer = await once(settings, { ...request, url }, authorization);
    const location = answer.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === null) return answer;
    const refused = (detail: string) =>
      new RegistryError('REDIRECT', settings.host, { status: answer.status, request: requestLine(request.method, url), detail });
    if (hop >= mostRedirects) throw refused('too many redirects');
    const next = parseLocation(location, url);
    if (!next) throw refused('the location is no http address');
    const elsewhere = next.host !== url.host || next.protocol !== url.protocol;
    if (url.protocol === 'https:' && next.protocol === 'http:') throw refused('it leads from https to plain http');
    // A write that lands elsewhere is not the write that was confirmed.
    if (request.method !== 'GET' && request.method !== 'HEAD' && (elsewhere || answer.status < 307))
      throw refused('a write is not redirected');
    if (elsewhere && request.stays) throw refused('it leads to another host');
    if (elsewhere) authorization = undefined;
    url = next;
  }
}

async function once(settings: ExchangeSettings, request: ExchangeRequest, authorization: string | undefined): Promise<Answer> {
  const { method, url, headers, body, signal, limit } = request;
  // `fetch` repeats a header that it refuses in its error.
  if (authorization !== undefined && !/^[\x20-\x7e]+$/.test(authorization.trim()))
    throw new RegistryError('UNAUTHORIZED', settings.host, { detail: 'the credentials hold a character that cannot be sent' });
  const timeout = AbortSignal.timeout(settings.timeout);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    const response = await settings.fetch(url.href, {
      method,
      headers: authorization === undefined ? headers : { ...headers, authorization },
      redirect: 'manual',
      signal: either,
      ...(body !== undefined && { body }),
    });
    const bytes = await readBody(response, method === 'HEAD' ? 0 : limit);
    if (bytes === undefined)
      throw new RegistryError('TOO_LARGE', settings.host, {
        status: response.status,
        request: requestLine(method, url),
        detail: `more than ${limit} bytes`,
      });
    return { status: response.status, headers: response.headers, body: bytes, url };
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    signal?.throwIfAborted();
    const code = timeout.aborted ? 'TIMEOUT' : troubleOf(error);
    const what = code === 'TIMEOUT' ? [] : [causeWords(error)];
    const detail = [...what, ...(url.host === settings.apiHost ? [] : [`at ${url.host}`])].join(' ');
    throw new RegistryError(code, settings.host, { cause: error, request: requestLine(method, url), ...(detail !== '' && { detail }) });
  }
}

/** The whole body, or `undefined` when it is longer than `limit`; the rest is not read then. */
async function readBody(response: FetchResponse, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (!response.body) return new Uint8Array();
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream, which closes the connection.
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function parseLocation(location: string, base: URL): URL | undefined {
  try {
    const url = new URL(location, base);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
    url.username = '';
    url.password = '';
    return url;
  } catch {
    return undefined;
  }
}

const resets = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_ABORTED',
]);
const timeouts = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** `fetch` hides what happened behind "fetch failed" or "terminated": the cause tells. */
function troubleOf(error: unknown): 'UNREACHABLE' | 'RESET' | 'TIMEOUT' {
  if (proxyStatus(error) !== undefined) return 'UNREACHABLE';
  for (const link of causes(error)) {
    const code = 'code' in link ? String(link.code) : '';
    if (resets.has(code)) return 'RESET';
    if (timeouts.has(code)) return 'TIMEOUT';
    // The parser's errors: what answers ends in the middle of an answer.
    if (code.startsWith('HPE_')) return code === 'HPE_INVALID_EOF_STATE' ? 'RESET' : 'UNREACHABLE';
    if (link.message === 'terminated') return 'RESET';
  }
  return 'UNREACHABLE';
}

/** The status with which a proxy refused the tunnel. */
function proxyStatus(error: unknown): string | undefined {
  for (const link of causes(error)) {
    const match = /Proxy response \((\d{3})\)/.exec(link.message);
    if (match) return match[1];
  }
  return undefined;
}

/** The system's word for what happened, such as ENOTFOUND; never an address with its query. */
function causeWords(error: unknown): string {
  const proxy = proxyStatus(error);
  if (proxy !== undefined) return `the proxy answers with status ${proxy}`;
  const [code] = codes(error);
  if (code !== undefined) return code;
  // The fetch standard forbids the ports of other protocols.
  for (const link of causes(error)) if (link.message === 'bad port') return 'the port is not allowed';
  return error instanceof Error ? error.name : 'unknown trouble';
}
