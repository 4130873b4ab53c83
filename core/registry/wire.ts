import pLimit from 'p-limit';
import { isRepository } from '../image/reference.ts';
import { errorOf, isHtml } from './answers.ts';
import { Authorizer } from './auth.ts';
import { RegistryError, type RegistryErrorCode } from './errors.ts';
import { type Answer, type ExchangeRequest, exchange } from './exchange.ts';
import { apiBase, apiRepository, canonicalHost, isLoopback } from './hosts.ts';
import { loopback } from './loopback.ts';
import { asRecord, parseJson } from './manifest.ts';
import { pages } from './paging.ts';
import type { ConnectOptions } from './providers/provider.ts';
import type { RequestOptions } from './registry.ts';

const requestsAtOnce = 6;
/** More places than credentials of one host are looked for in. */
const mostCredentials = 6;
const defaultTimeout = 30_000;
/** The largest page size that ECR and distribution both take. */
const largestPage = 1000;
/** Registries that know no paging send every tag at once. */
const listLimit = 32 * 1024 * 1024;
export const errorLimit = 1024 * 1024;

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly scope: string;
  readonly limit: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** A redirect to another host is an error. */
  readonly stays?: true;
  readonly options: RequestOptions;
  /** What a 404 that names no code means. */
  readonly missing: RegistryErrorCode;
  /** What the request is about, for the error. */
  readonly subject: string;
}

/** What a list is asked with, but for its address. */
type ListRequest = Omit<Request, 'method' | 'limit' | 'headers' | 'url'>;

/** Requests to one host, with whatever authorization they take, at most six at a time. */
export interface Wire {
  /** In its canonical form. */
  readonly host: string;
  readonly base: URL;
  /** One request; answers any status. */
  request(asked: Request): Promise<Answer>;
  /** The answer when it is 2xx, `undefined` when what was asked for is not there; anything else throws. */
  found(asked: Request): Promise<Answer | undefined>;
  /** The address of `rest` in a repository. Throws NAME_INVALID. */
  path(repository: string, rest: string): URL;
  /** What is really asked for an address, as far as that is known: a registry on this machine may speak https. */
  address(url: URL): string;
  /** What is known of who asks: there are credentials, and perhaps a token service took them. */
  signedBy(): Promise<'token' | 'credentials' | undefined>;
  scope(repository: string, actions: 'pull' | 'pull,push' | 'pull,delete'): string;
  /** A list's strings under `field`, each once, page by page; `size` is what is asked for. */
  paged(asked: ListRequest, first: URL, field: string, size?: number): AsyncIterable<readonly string[]>;
}

/** The wire to a host's distribution API; contacts nothing yet. */
export function wireTo(host: string, options: ConnectOptions): Wire {
  const name = canonicalHost(host);
  const base = apiBase(host, options.plainHttp);
  const limit = pLimit(requestsAtOnce);
  const given = options.fetch ?? globalThis.fetch;
  const local = isLoopback(name) ? loopback(base.host, given) : undefined;
  const settings = { host: name, apiHost: base.host, fetch: local?.fetch ?? given, timeout: options.timeout ?? defaultTimeout };
  const send = (request: ExchangeRequest) => exchange(settings, request);
  const authorizer = new Authorizer({ host: name, base, keychain: options.keychain, trustedRealms: options.trustedRealms ?? [], send });

  async function request({ method, url, scope, headers, body, stays, limit: most, options: { signal } }: Request): Promise<Answer> {
    return limit(async () => {
      const attempt = (authorization: string | undefined) =>
        send({
          method,
          url,
          headers,
          limit: most,
          ...(stays && { stays }),
          ...(body && { body }),
          ...(authorization && { authorization }),
          ...(signal && { signal }),
        });
      let sent = await authorizer.header(scope, signal);
      let answer = await attempt(sent);
      for (let tries = 0, fresh = false; answer.status === 401 && tries < mostCredentials; tries++) {
        const better = await authorizer.retry(answer, scope, { sent, fresh, signal });
        if (better === undefined) break;
        sent = better;
        fresh ||= sent.startsWith('Bearer ');
        answer = await attempt(sent);
      }
      return answer;
    });
  }

  async function found(asked: Request): Promise<Answer | undefined> {
    const answer = await request(asked);
    const error = () => errorOf(answer, name, asked.method, asked.missing, asked.subject, authorizer.secrets);
    if (answer.status === 404 && !isHtml(answer) && asked.method !== 'PUT') return undefined;
    if (answer.status < 200 || answer.status > 299) throw error();
    if (isHtml(answer)) throw new RegistryError('NOT_A_REGISTRY', name, { status: answer.status, subject: asked.subject });
    return answer;
  }

  function path(repository: string, rest: string): URL {
    if (!isRepository(repository)) throw new RegistryError('NAME_INVALID', name, { subject: repository });
    return new URL(`/v2/${apiRepository(name, repository)}/${rest}`, base);
  }

  function scope(repository: string, actions: 'pull' | 'pull,push' | 'pull,delete'): string {
    return `repository:${apiRepository(name, repository)}:${actions}`;
  }

  /** One page of a list: its answer, and the strings under `field`. */
  async function list(
    asked: Omit<Request, 'method' | 'limit' | 'headers'>,
    field: string,
  ): Promise<{ answer: Answer; items: readonly string[] }> {
    const answer = await request({ ...asked, method: 'GET', limit: listLimit, headers: { accept: 'application/json' } });
    if (answer.status !== 200 || isHtml(answer)) {
      if (answer.status === 200) throw new RegistryError('NOT_A_REGISTRY', name, { status: 200, subject: asked.subject });
      throw errorOf(
        { ...answer, body: answer.body.subarray(0, errorLimit) },
        name,
        'GET',
        asked.missing,
        asked.subject,
        authorizer.secrets,
      );
    }
    const data = asRecord(parseJson(answer.body));
    // `null` is how distribution writes an empty list; some leave it out and say only whose it is.
    const items = data?.[field] ?? (data && (field in data || typeof data['name'] === 'string') ? [] : undefined);
    if (!Array.isArray(items)) throw new RegistryError('NOT_A_REGISTRY', name, { status: 200, subject: asked.subject });
    return { answer, items: items.filter((item: unknown) => typeof item === 'string') };
  }

  /** A whole list, page by page; without a page size where the registry takes none, or none so large. */
  function paged(asked: ListRequest, first: URL, field: string, size = largestPage): AsyncIterable<readonly string[]> {
    const sized = new URL(first);
    sized.searchParams.set('n', String(size));
    return pages(name, sized, url =>
      list({ ...asked, url }, field).catch((error: unknown) => {
        if (url !== sized || !(error instanceof RegistryError) || error.status !== 400) throw error;
        return list({ ...asked, url: first }, field);
      }),
    );
  }

  const address = (url: URL) => local?.address(url) ?? url.href;
  return { host: name, base, request, found, path, address, signedBy: () => authorizer.signedBy(), scope, paged };
}
