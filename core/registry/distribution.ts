import pLimit from 'p-limit';
import { type Digest, digestOf, isDigest } from '../image/digest.ts';
import { isRepository, isTag } from '../image/reference.ts';
import { errorOf, isHtml } from './answers.ts';
import { Authorizer } from './auth.ts';
import { RegistryError, type RegistryErrorCode } from './errors.ts';
import { type Answer, type ExchangeRequest, exchange } from './exchange.ts';
import { apiBase, apiRepository, canonicalHost } from './hosts.ts';
import { asRecord, manifestType, manifestTypes, parseJson, parseManifest } from './manifest.ts';
import { pages } from './paging.ts';
import type { ConnectOptions } from './providers/provider.ts';
import type { Descriptor, Manifest, Registry, RequestOptions } from './registry.ts';

const requestsAtOnce = 6;
const defaultTimeout = 30_000;
/** The largest page size that ECR and distribution both take. */
const pageSize = 1000;
const manifestLimit = 4 * 1024 * 1024;
const blobLimit = 4 * 1024 * 1024;
/** Registries that know no paging send every tag at once. */
const listLimit = 32 * 1024 * 1024;
const errorLimit = 1024 * 1024;

interface Request {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly url: URL;
  readonly scope: string;
  readonly limit: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly options: RequestOptions;
  /** What a 404 that names no code means. */
  readonly missing: RegistryErrorCode;
  /** What the request is about, for the error. */
  readonly subject: string;
}

/** The OCI distribution API (spec 1.1) of one host. */
export function distribution(host: string, options: ConnectOptions): Registry {
  const name = canonicalHost(host);
  const base = apiBase(host, options.plainHttp);
  const limit = pLimit(requestsAtOnce);
  const settings = { host: name, apiHost: base.host, fetch: options.fetch ?? globalThis.fetch, timeout: options.timeout ?? defaultTimeout };
  const send = (request: ExchangeRequest) => exchange(settings, request);
  const authorizer = new Authorizer({ host: name, base, keychain: options.keychain, trustedRealms: options.trustedRealms ?? [], send });

  /** One request with whatever authorization it takes; answers any status. */
  async function request({ method, url, scope, headers, body, limit: most, options: { signal } }: Request): Promise<Answer> {
    return limit(async () => {
      const attempt = (authorization: string | undefined) =>
        send({
          method,
          url,
          headers,
          limit: most,
          ...(body && { body }),
          ...(authorization && { authorization }),
          ...(signal && { signal }),
        });
      const sent = await authorizer.header(scope, signal);
      const answer = await attempt(sent);
      if (answer.status !== 401) return answer;
      const better = await authorizer.retry(answer, scope, sent, signal);
      return better === undefined ? answer : attempt(better);
    });
  }

  /** The answer when it is 2xx, `undefined` when what was asked for is not there; anything else throws. */
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

  function scope(repository: string, actions: 'pull' | 'pull,push'): string {
    return `repository:${apiRepository(name, repository)}:${actions}`;
  }

  function manifestRequest(method: 'GET' | 'HEAD', repository: string, reference: string, options: RequestOptions): Request {
    if (!isTag(reference) && !isDigest(reference)) throw new RegistryError('TAG_INVALID', name, { subject: reference });
    return {
      method,
      url: path(repository, `manifests/${reference}`),
      scope: scope(repository, 'pull'),
      limit: manifestLimit,
      // A tag is asked for because it may have moved: no cache on the way may answer.
      headers: { accept: manifestTypes.join(', '), ...(isTag(reference) && { 'cache-control': 'no-cache' }) },
      options,
      missing: 'MANIFEST_UNKNOWN',
      subject: `${repository}${isTag(reference) ? ':' : '@'}${reference}`,
    };
  }

  async function manifest(repository: string, reference: string, options: RequestOptions = {}): Promise<Manifest | undefined> {
    const asked = manifestRequest('GET', repository, reference, options);
    const answer = await found(asked);
    if (!answer) return undefined;
    const digest = digestOf(answer.body);
    for (const expected of [isDigest(reference) ? reference : undefined, announced(answer)]) {
      if (expected !== undefined && expected !== digest)
        throw new RegistryError('DIGEST_MISMATCH', name, {
          subject: asked.subject,
          detail: `${expected} was announced, the bytes are ${digest}`,
        });
    }
    const data = parseManifest(answer.body);
    if (!data) {
      const json = asRecord(parseJson(answer.body)) !== undefined;
      throw new RegistryError(json ? 'MANIFEST_INVALID' : 'NOT_A_REGISTRY', name, { subject: asked.subject, status: answer.status });
    }
    return { digest, mediaType: manifestType(answer.headers.get('content-type'), data), size: answer.body.byteLength, bytes: answer.body };
  }

  async function resolve(repository: string, reference: string, options: RequestOptions = {}): Promise<Descriptor | undefined> {
    const asked = manifestRequest('HEAD', repository, reference, options);
    const answer = await found(asked).catch((error: unknown) => {
      if (!(error instanceof RegistryError)) throw error;
      // No HEAD here, or a 404 whose page HEAD does not show: GET tells.
      if (error.code === 'UNSUPPORTED' || (error.code === 'NOT_A_REGISTRY' && error.status === 404)) return 'get' as const;
      throw error;
    });
    if (answer === undefined) return undefined;
    const digest = answer === 'get' ? undefined : announced(answer);
    const mediaType = answer === 'get' ? '' : (answer.headers.get('content-type')?.split(';')[0]?.trim() ?? '');
    if (answer === 'get' || digest === undefined || mediaType === '') return manifest(repository, reference, options);
    if (isDigest(reference) && digest !== reference)
      throw new RegistryError('DIGEST_MISMATCH', name, {
        subject: asked.subject,
        detail: `${reference} was asked for, ${digest} is announced`,
      });
    return { digest, mediaType, size: Number(answer.headers.get('content-length') ?? 0) };
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
    const items = data?.[field];
    // `null` is how distribution writes an empty list.
    if (!data || !(Array.isArray(items) || items === null))
      throw new RegistryError('NOT_A_REGISTRY', name, { status: 200, subject: asked.subject });
    return { answer, items: (items ?? []).filter((item: unknown) => typeof item === 'string') };
  }

  /** A whole list, page by page; without a page size where the registry takes none, or none so large. */
  function paged(asked: Omit<Request, 'method' | 'limit' | 'headers' | 'url'>, first: URL, field: string): AsyncIterable<string> {
    const sized = new URL(first);
    sized.searchParams.set('n', String(pageSize));
    return pages(name, sized, url =>
      list({ ...asked, url }, field).catch((error: unknown) => {
        if (url !== sized || !(error instanceof RegistryError) || error.status !== 400) throw error;
        return list({ ...asked, url: first }, field);
      }),
    );
  }

  return {
    host: name,
    manifestUrl: (repository, reference) => path(repository, `manifests/${reference}`).href,
    manifest,
    resolve,

    async *repositories(options = {}) {
      if (name === 'docker.io') throw new RegistryError('UNSUPPORTED', name, { subject: 'the catalog' });
      const asked = { scope: 'registry:catalog:*', options, missing: 'UNSUPPORTED', subject: 'the catalog' } as const;
      for await (const item of paged(asked, new URL('/v2/_catalog', base), 'repositories')) if (isRepository(item)) yield item;
    },

    async *tags(repository, options = {}) {
      const asked = { scope: scope(repository, 'pull'), options, missing: 'NAME_UNKNOWN', subject: repository } as const;
      for await (const item of paged(asked, path(repository, 'tags/list'), 'tags')) if (isTag(item)) yield item;
    },

    async blob(repository, digest, options = {}) {
      const answer = await found({
        method: 'GET',
        url: path(repository, `blobs/${digest}`),
        scope: scope(repository, 'pull'),
        limit: blobLimit,
        headers: { accept: '*/*' },
        options,
        missing: 'BLOB_UNKNOWN',
        subject: `${repository}@${digest}`,
      });
      if (answer && digestOf(answer.body) !== digest)
        throw new RegistryError('DIGEST_MISMATCH', name, {
          subject: `${repository}@${digest}`,
          detail: `the bytes are ${digestOf(answer.body)}`,
        });
      return answer?.body;
    },

    async putManifest(repository, reference, { bytes, digest, mediaType }, options = {}) {
      const asked = manifestRequest('GET', repository, reference, options);
      if (digestOf(bytes) !== digest)
        throw new RegistryError('DIGEST_MISMATCH', name, {
          subject: asked.subject,
          detail: 'the bytes to write are not those of the digest',
        });
      const headers = { 'content-type': mediaType, accept: 'application/json' };
      const answer = await found({
        ...asked,
        method: 'PUT',
        scope: scope(repository, 'pull,push'),
        limit: errorLimit,
        headers,
        body: bytes,
        missing: 'NAME_UNKNOWN',
      });
      return answer && announced(answer);
    },
  };
}

/** The digest the registry names in its header, if it names one that is a digest. */
function announced(answer: Answer): Digest | undefined {
  const header = answer.headers.get('docker-content-digest')?.trim();
  return header !== undefined && isDigest(header) ? header : undefined;
}
