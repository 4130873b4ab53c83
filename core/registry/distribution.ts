import { type Digest, digestOf, isDigest } from '../image/digest.ts';
import { isTag } from '../image/reference.ts';
import { catalog } from './catalog.ts';
import { RegistryError } from './errors.ts';
import type { Answer } from './exchange.ts';
import type { Abilities, ListedImage, ListingOptions } from './listing.ts';
import { asRecord, manifestType, manifestTypes, parseJson, parseManifest } from './manifest.ts';
import type { ConnectOptions } from './providers/provider.ts';
import { referrersOf } from './referrers.ts';
import type { Descriptor, Manifest, Registry, RequestOptions } from './registry.ts';
import { errorLimit, type Request, type Wire, wireTo } from './wire.ts';

const manifestLimit = 4 * 1024 * 1024;
/** Milliseconds for which deleting counts as not offered after it was refused. */
const refusalKept = 300_000;
const blobLimit = 4 * 1024 * 1024;

/** The OCI distribution API (spec 1.1) of one host, over a wire of its own where none is given. */
export function distribution(host: string, options: ConnectOptions, wire: Wire = wireTo(host, options)): Registry {
  const { host: name, found, path, address, scope, paged } = wire;

  // Nothing tells beforehand whether a registry deletes; what it refused is not offered for a while.
  const until = { untag: 0, remove: 0 };
  const abilities: Abilities = {
    repositories: name !== 'docker.io',
    digests: false,
    dates: false,
    order: 'none',
    untagged: false,
    search: false,
    untag: true,
    lastTagDeletes: false,
    remove: true,
  };

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

  async function* tagNames(repository: string, options: ListingOptions): AsyncGenerator<readonly string[]> {
    const asked = { scope: scope(repository, 'pull'), options, missing: 'NAME_UNKNOWN', subject: repository } as const;
    for await (const names of paged(asked, path(repository, 'tags/list'), 'tags', options.pageSize)) yield names.filter(isTag);
  }

  /** Deletes what a tag or a digest names; done where it is not there. */
  async function remove(repository: string, reference: string, options: RequestOptions): Promise<void> {
    const asked = manifestRequest('GET', repository, reference, options);
    await found({ ...asked, method: 'DELETE', scope: scope(repository, 'pull,delete'), limit: errorLimit }).catch((error: unknown) => {
      // Registries that delete by digest alone take a tag for a bad digest.
      if (!(error instanceof RegistryError)) throw error;
      const badTag = isTag(reference) && error.status === 400;
      if (badTag || error.code === 'UNSUPPORTED') {
        until.untag = Date.now() + refusalKept;
        if (!isTag(reference)) until.remove = until.untag;
      }
      if (!badTag) throw error;
      throw new RegistryError('UNSUPPORTED', name, { status: error.status, subject: asked.subject, cause: error });
    });
  }

  return {
    host: name,
    manifestUrl: (repository, reference) => address(path(repository, `manifests/${reference}`)),
    manifest,
    resolve,

    async *repositories(options = {}) {
      if (name === 'docker.io') throw new RegistryError('UNSUPPORTED', name, { subject: 'the catalog' });
      yield* catalog(wire, options);
    },

    async *tags(repository, options = {}) {
      for await (const names of tagNames(repository, options)) yield* names;
    },

    get abilities() {
      const now = Date.now();
      return { ...abilities, untag: until.untag < now, remove: until.remove < now };
    },

    async *images(repository, options = {}) {
      for await (const names of tagNames(repository, options)) yield { images: names.map(tag => ({ tags: [tag] })) };
    },

    async lookUp(repository, tags, options = {}) {
      const rows = await Promise.all(
        tags.map(async (tag): Promise<readonly [string, ListedImage][]> => {
          const is = await resolve(repository, tag, options);
          return is ? [[tag, { digest: is.digest, mediaType: is.mediaType, tags: [tag] }]] : [];
        }),
      );
      return new Map(rows.flat());
    },

    referrers: (repository, digest, options = {}) => referrersOf(wire, manifest, repository, digest, options),

    untag: (repository, tag, options = {}) => remove(repository, tag, options),
    remove: (repository, digest, options = {}) => remove(repository, digest, options),
    webPage: () => undefined,

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
