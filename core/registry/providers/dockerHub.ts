import { LRUCache } from 'lru-cache';
import { isDigest } from '../../image/digest.ts';
import { Shared } from '../abort.ts';
import { apiOf } from '../api.ts';
import { distribution } from '../distribution.ts';
import { RegistryError } from '../errors.ts';
import { canonicalHost } from '../hosts.ts';
import { hubAuthorization } from '../hub/authorization.ts';
import { pullLimit } from '../hub/pullLimit.ts';
import { type HubPage, type HubTags, hubTags } from '../hub/tags.ts';
import type { Abilities, ListedImage, ListingOptions, ListingPage, LookUpOptions } from '../listing.ts';
import { readAhead } from '../readAhead.ts';
import { Secrets } from '../redact.ts';
import { referrersOf } from '../referrers.ts';
import type { Manifest, Registry, RequestOptions } from '../registry.ts';
import { wireTo } from '../wire.ts';
import type { ConnectOptions, Provider } from './provider.ts';

/** Docker Hub, under any of its names. */
export const dockerHub: Provider = {
  id: 'dockerHub',
  title: 'Docker Hub',
  matches: host => canonicalHost(host) === 'docker.io',
  connect: connectHub,
};

/** The documented API filters nothing by name and deletes no image by its digest; a tag can be taken away. */
const full: Abilities = {
  repositories: true,
  digests: true,
  dates: true,
  order: 'newest',
  untagged: false,
  search: false,
  metered: true,
  untag: true,
  lastTagDeletes: true,
  remove: false,
};
const plainly: Abilities = { ...full, repositories: false, digests: false, dates: false, order: 'none', untag: false };

/** Milliseconds for which the newest page answers again: a listing and the look-up beside it take one request. */
const newestKept = 3000;
/** Milliseconds for which a repository that the API does not show is not asked for again. */
const refusalKept = 300_000;
/** Bytes of manifests that are kept: each spares a pull. */
const manifestsKept = 8 * 1024 * 1024;

/** Lists, looks up and takes tags away through Docker Hub's own API; manifests are read as if each GET were paid for, which it is. */
function connectHub(host: string, options: ConnectOptions): Registry {
  const name = canonicalHost(host);
  const limit = pullLimit(name, options.fetch ?? globalThis.fetch);
  const watched = { ...options, fetch: limit.fetch };
  const wire = wireTo(host, watched);
  const plain = distribution(host, watched, wire);
  const base = options.api ?? (name === 'docker.io' ? 'https://hub.docker.com' : undefined);
  const hub = base === undefined ? undefined : hubAt(name, new URL(base), options);
  const newest = new LRUCache<string, Shared<HubPage>>({ max: 100, ttl: newestKept });
  const refused = new LRUCache<string, true>({ max: 1000, ttl: refusalKept });
  const manifests = new LRUCache<string, Manifest>({ maxSize: manifestsKept, sizeCalculation: ({ size }) => Math.max(1, size) });

  /** True where the API has nothing to say here, and the registry itself may. */
  function doesWithout(repository: string, error: unknown): boolean {
    if (!(error instanceof RegistryError) || !['UNAUTHORIZED', 'DENIED', 'NAME_UNKNOWN', 'NOT_A_REGISTRY'].includes(error.code))
      return false;
    refused.set(repository, true);
    return true;
  }

  const asked = (repository: string) => (hub?.tags.has(repository) && !refused.has(repository) ? hub.tags : undefined);

  /** The last moved hundred; what several ask for at once is asked for once. */
  function newestOf(tags: HubTags, repository: string): Shared<HubPage> {
    const known = newest.get(repository);
    if (known && !known.stopped) return known;
    const page = new Shared(signal => tags.page(repository, 1, { signal }));
    newest.set(repository, page);
    return page;
  }

  async function* pages(tags: HubTags, repository: string, { signal }: RequestOptions): AsyncGenerator<ListingPage> {
    let total: number | undefined;
    const read = async (page: number, either: AbortSignal) => {
      const first = page === 1 ? newestOf(tags, repository) : undefined;
      const found = await (first?.wait(either) ?? tags.page(repository, page, { signal: either })).catch((error: unknown) => {
        if (first && newest.get(repository) === first) newest.delete(repository);
        throw error;
      });
      total ??= found.total;
      return found;
    };
    for await (const { items, last } of readAhead(name, read, tag => tag.name, signal))
      yield { images: items.map(({ row }) => row), ...(total !== undefined && { total }), ...(last && { last }) };
  }

  async function* images(repository: string, asking: ListingOptions = {}): AsyncGenerator<ListingPage> {
    const tags = asked(repository);
    if (!tags) return yield* plain.images(repository, asking);
    const seen = new Set<string>();
    let total: number | undefined;
    try {
      for await (const page of pages(tags, repository, asking)) {
        for (const tag of page.images.flatMap(image => image.tags)) seen.add(tag);
        total = page.total;
        yield page;
      }
    } catch (error) {
      if (seen.size === 0 ? !doesWithout(repository, error) : !(await isForStrangers(error, asking))) throw error;
      // Nobody is shown more than a thousand tags by the API; the registry tells the names of the others.
      for await (const { images } of plain.images(repository, asking)) {
        const others = images.filter(({ tags: [tag = ''] }) => !seen.has(tag));
        if (others.length > 0) yield { images: others, ...(total !== undefined && { total }) };
      }
    }
  }

  /** True for the 403 that ends a listing for who is not signed in: "pagination offset too large for anonymous requests". */
  async function isForStrangers(error: unknown, asking: RequestOptions): Promise<boolean> {
    return error instanceof RegistryError && error.code === 'DENIED' && (await hub?.authorization(asking)) === undefined;
  }

  async function lookUp(
    repository: string,
    wanted: readonly string[],
    asking: LookUpOptions = {},
  ): Promise<ReadonlyMap<string, ListedImage>> {
    if (asking.fresh) newest.delete(repository);
    const tags = wanted.length === 0 ? undefined : asked(repository);
    if (!tags) return plain.lookUp(repository, wanted, asking);
    const found = new Map<string, ListedImage>();
    try {
      const first = await newestOf(tags, repository).wait(asking.signal);
      for (const { name: tag, row } of first.items) if (wanted.includes(tag)) found.set(tag, row);
      const whole = first.total !== undefined && first.total <= first.items.length;
      const others = whole ? [] : wanted.filter(tag => !found.has(tag));
      for (const tag of await Promise.all(others.map(other => tags.tag(repository, other, asking)))) if (tag) found.set(tag.name, tag.row);
      return found;
    } catch (error) {
      newest.delete(repository);
      if (!doesWithout(repository, error)) throw error;
      return plain.lookUp(repository, wanted, asking);
    }
  }

  /** HEAD tells what a tag names and is no pull; the bytes of a digest are asked for once. */
  async function manifest(repository: string, reference: string, asking: RequestOptions = {}): Promise<Manifest | undefined> {
    const digest = isDigest(reference) ? reference : (await plain.resolve(repository, reference, asking))?.digest;
    if (digest === undefined) return undefined;
    const key = `${repository}@${digest}`;
    const known = manifests.get(key);
    if (known) return known;
    limit.check(`${repository}@${digest}`);
    const read = await plain.manifest(repository, digest, asking);
    if (read) manifests.set(key, read);
    return read;
  }

  async function untag(repository: string, tag: string, asking: RequestOptions = {}): Promise<void> {
    const subject = `${repository}:${tag}`;
    if (!hub?.tags.has(repository)) throw new RegistryError('UNSUPPORTED', name, { subject });
    if ((await hub.authorization(asking)) === undefined) throw new RegistryError('UNAUTHORIZED', name, { subject });
    newest.delete(repository);
    await hub.tags.remove(repository, tag, asking).catch(async (error: unknown) => {
      if (!(error instanceof RegistryError) || error.code !== 'MANIFEST_UNKNOWN') throw error;
      // It is gone already, or 404 is how Docker Hub refuses.
      if (await plain.resolve(repository, tag, asking)) throw new RegistryError('DENIED', name, { subject, cause: error });
    });
    newest.delete(repository);
  }

  function webPage(repository: string, reference?: string): string | undefined {
    if (name !== 'docker.io' || !hub?.tags.has(repository)) return undefined;
    const official = repository.replace(/^library\//, '');
    const page = `https://hub.docker.com/${official.includes('/') ? `r/${official}` : `_/${official}`}`;
    if (reference === undefined) return page;
    return isDigest(reference) ? `${page}/tags` : `${page}/tags?name=${encodeURIComponent(reference)}`;
  }

  return {
    ...plain,
    abilities: hub ? full : plainly,
    images,
    lookUp,
    manifest,
    untag,
    webPage,
    referrers: (repository, digest, asking = {}) => referrersOf(wire, manifest, repository, digest, asking),

    async remove(repository, digest) {
      throw new RegistryError('UNSUPPORTED', name, { subject: `${repository}@${digest}`, detail: 'only its tags can be taken away' });
    },

    async *repositories(asking: RequestOptions = {}) {
      const login = await hub?.login(asking);
      const namespaces = [...new Set([...(login ? [login.username] : []), ...(options.owners ?? [])].map(each => each.toLowerCase()))];
      if (!hub) throw new RegistryError('UNSUPPORTED', name, { subject: 'the catalog' });
      if (namespaces.length === 0) throw new RegistryError('UNAUTHORIZED', name, { subject: 'the list of your repositories' });
      for (const namespace of namespaces) yield* hub.tags.repositories(namespace, asking);
    },

    async putManifest(repository, reference, written, asking) {
      newest.delete(repository);
      return plain.putManifest(repository, reference, written, asking);
    },
  };
}

/** The API at `base`, with tokens for the person's login at `host`. */
function hubAt(host: string, base: URL, options: ConnectOptions) {
  const secrets = new Secrets();
  const settings = { host, base, headers: {}, secrets };
  const tokens = apiOf({ ...settings, authorization: async () => undefined }, options);
  const { login, authorization } = hubAuthorization(host, tokens, options.keychain, secrets);
  return { login, authorization, tags: hubTags(host, apiOf({ ...settings, authorization }, options)) };
}
