import { LRUCache } from 'lru-cache';
import { type Digest, isDigest } from '../../image/digest.ts';
import { Shared } from '../abort.ts';
import { apiOf } from '../api.ts';
import { distribution } from '../distribution.ts';
import { RegistryError } from '../errors.ts';
import { gitHubAuthorization } from '../github/authorization.ts';
import { type Packages, packagesOf, type Version } from '../github/packages.ts';
import { gitHubPlace, isGitHubRegistry, packageOf } from '../github/place.ts';
import type { Abilities, ListedImage, ListingOptions, ListingPage, LookUpOptions } from '../listing.ts';
import { type NumberedPage, readAhead } from '../readAhead.ts';
import type { Registry, RequestOptions } from '../registry.ts';
import type { ConnectOptions, Provider } from './provider.ts';

/** GitHub's container registry, on github.com, ghe.com or, with `kind`, a GitHub Enterprise server. */
export const ghcr: Provider = {
  id: 'ghcr',
  title: 'GitHub Container Registry',
  matches: isGitHubRegistry,
  connect: connectGhcr,
};

/** With the packages API. A tag cannot be taken away: the registry answers 405, and the API deletes images with all of their tags. */
const full: Abilities = {
  repositories: true,
  digests: true,
  dates: true,
  order: 'newest',
  untagged: true,
  search: false,
  untag: false,
  lastTagDeletes: false,
  remove: true,
};

/** Without it: names of tags, in no promised order, and no catalog. */
const plainly: Abilities = { ...full, repositories: false, digests: false, dates: false, order: 'none', untagged: false, remove: false };

/** Milliseconds for which the newest page answers again: a listing and the look-up beside it take one request. */
const newestKept = 3000;
/** Milliseconds for which a package that the API does not show is not asked for again. */
const refusalKept = 300_000;

/** Lists and deletes through the packages API where there is a token that may; everything else is the distribution API. */
function connectGhcr(host: string, options: ConnectOptions): Registry {
  const plain = distribution(host, options);
  const name = plain.host;
  const place = gitHubPlace(host, options.kind === ghcr.id);
  const base = options.api ?? place.api;
  const authorization = base === undefined ? undefined : gitHubAuthorization(name, new URL(base), options.keychain);
  const packages =
    base && authorization ? packagesOf(name, apiOf({ host: name, base: new URL(base), ...authorization }, options)) : undefined;
  const ids = new LRUCache<string, number>({ max: 20_000 });
  const newest = new LRUCache<string, Shared<NumberedPage<Version>>>({ max: 100, ttl: newestKept });
  const refused = new LRUCache<string, true>({ max: 1000, ttl: refusalKept });
  let abilities = packages ? full : plainly;

  function note(repository: string, versions: readonly Version[]): readonly Version[] {
    for (const { digest, id } of versions) ids.set(`${repository}@${digest}`, id);
    abilities = full;
    return versions;
  }

  /** True where the API has nothing to say here, and the registry itself may. */
  function doesWithout(repository: string, error: unknown): boolean {
    if (!(error instanceof RegistryError) || !['UNAUTHORIZED', 'DENIED', 'NAME_UNKNOWN', 'NOT_A_REGISTRY'].includes(error.code))
      return false;
    if (error.code !== 'NAME_UNKNOWN') abilities = plainly;
    refused.set(repository, true);
    return true;
  }

  /** The API, where there is a token for it and this repository was not refused just now. */
  async function asked(repository: string, asking: RequestOptions): Promise<Packages | undefined> {
    if (!packages || refused.has(repository)) return undefined;
    if ((await authorization?.authorization(asking)) !== undefined) return packages;
    abilities = plainly;
    return undefined;
  }

  /** The newest hundred; what several ask for at once is asked for once. */
  function newestOf(api: Packages, repository: string): Shared<NumberedPage<Version>> {
    const known = newest.get(repository);
    if (known && !known.stopped) return known;
    const page = new Shared(signal => api.versions(repository, 1, { signal }));
    newest.set(repository, page);
    return page;
  }

  async function* versions(api: Packages, repository: string, { signal }: RequestOptions) {
    const read = async (page: number, either: AbortSignal) => {
      if (page > 1) return api.versions(repository, page, { signal: either });
      const first = newestOf(api, repository);
      return first.wait(either).catch((error: unknown) => {
        if (newest.get(repository) === first) newest.delete(repository);
        throw error;
      });
    };
    for await (const { items, last } of readAhead(name, read, ({ digest }) => digest, signal))
      yield { versions: note(repository, items), last };
  }

  async function* images(repository: string, asking: ListingOptions = {}): AsyncGenerator<ListingPage> {
    const api = await asked(repository, asking);
    if (!api) return yield* plain.images(repository, asking);
    let begun = false;
    try {
      for await (const { versions: page, last } of versions(api, repository, asking)) {
        begun = true;
        yield { images: page.map(({ row }) => row), ...(last && { last }) };
      }
    } catch (error) {
      // Once rows were sent, a list of another kind behind them would mislead.
      if (begun || !doesWithout(repository, error)) throw error;
      yield* plain.images(repository, asking);
    }
  }

  async function lookUp(
    repository: string,
    tags: readonly string[],
    asking: LookUpOptions = {},
  ): Promise<ReadonlyMap<string, ListedImage>> {
    const found = new Map<string, ListedImage>();
    if (asking.fresh) newest.delete(repository);
    const api = tags.length === 0 ? undefined : await asked(repository, asking);
    try {
      for await (const { versions: page } of api ? versions(api, repository, asking) : []) {
        for (const { row } of page) for (const tag of row.tags) if (tags.includes(tag)) found.set(tag, row);
        // Older ones are asked for by their names.
        break;
      }
    } catch (error) {
      if (!doesWithout(repository, error)) throw error;
    }
    const others = await plain.lookUp(
      repository,
      tags.filter(tag => !found.has(tag)),
      asking,
    );
    return new Map([...found, ...others]);
  }

  async function tagsOf(repository: string, digest: Digest, asking: RequestOptions = {}): Promise<readonly string[] | undefined> {
    const id = ids.get(`${repository}@${digest}`);
    if (!packages || id === undefined) return undefined;
    try {
      const version = await packages.version(repository, id, asking);
      return version?.digest === digest ? version.row.tags : undefined;
    } catch (error) {
      // Deleted meanwhile, or pushed again under another id.
      if (error instanceof RegistryError && error.code === 'NAME_UNKNOWN') return undefined;
      throw error;
    }
  }

  async function listedId(api: Packages, repository: string, digest: Digest, asking: RequestOptions): Promise<number | undefined> {
    for await (const { versions: page } of versions(api, repository, asking)) {
      const id = page.find(version => version.digest === digest)?.id;
      if (id !== undefined) return id;
    }
    return undefined;
  }

  async function remove(repository: string, digest: Digest, asking: RequestOptions = {}): Promise<void> {
    const subject = `${repository}@${digest}`;
    if (!packages) throw new RegistryError('UNSUPPORTED', name, { subject });
    if ((await authorization?.authorization(asking)) === undefined) throw new RegistryError('UNAUTHORIZED', name, { subject });
    newest.delete(repository);
    const known = ids.get(subject);
    ids.delete(subject);
    try {
      if (known !== undefined && (await isRemoved(packages, repository, known, asking))) return;
      // Nothing known, or what was known is gone: deleted meanwhile, or pushed again under another id.
      const id = await listedId(packages, repository, digest, asking);
      if (id !== undefined) await packages.remove(repository, id, asking);
    } catch (error) {
      throw error instanceof RegistryError ? removalTrouble(error, subject) : error;
    } finally {
      ids.delete(subject);
    }
  }

  function webPage(repository: string, reference?: string): string | undefined {
    const pkg = packageOf(repository);
    if (place.web === undefined || !pkg) return undefined;
    const kind = packages?.kindOf(pkg.owner);
    const container = `${place.web}/${kind}/${encodeURIComponent(pkg.owner)}/packages/container`;
    const id = reference !== undefined && isDigest(reference) ? ids.get(`${repository}@${reference}`) : undefined;
    // Whose account it is, is known once it was listed; the registry's own address leads to the same page.
    if (kind === undefined) return name === 'ghcr.io' ? `https://ghcr.io/${repository}` : undefined;
    return id === undefined ? `${container}/package/${encodeURIComponent(pkg.name)}` : `${container}/${encodeURIComponent(pkg.name)}/${id}`;
  }

  return {
    ...plain,
    get abilities() {
      return abilities;
    },
    images,
    lookUp,
    tagsOf,
    remove,
    webPage,

    async *repositories(asking: RequestOptions = {}) {
      if (!packages) throw new RegistryError('UNSUPPORTED', name, { subject: 'the catalog' });
      if ((await authorization?.authorization(asking)) === undefined) {
        abilities = plainly;
        throw new RegistryError('UNAUTHORIZED', name, { subject: 'the list of your repositories' });
      }
      yield* packages.repositories(options.owners ?? [], asking);
    },

    async untag(repository, tag) {
      throw new RegistryError('UNSUPPORTED', name, {
        subject: `${repository}:${tag}`,
        detail: 'GitHub deletes images with all of their tags',
      });
    },

    async putManifest(repository, reference, manifest, asking) {
      newest.delete(repository);
      return plain.putManifest(repository, reference, manifest, asking);
    },
  };
}

/** False where there is no version of this id. */
async function isRemoved(api: Packages, repository: string, id: number, asking: RequestOptions): Promise<boolean> {
  try {
    await api.remove(repository, id, asking);
    return true;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'NAME_UNKNOWN') return false;
    throw error;
  }
}

/** GitHub answers 404 for what a token may not delete, and 400 for the last tagged version or one with many downloads. */
function removalTrouble(error: RegistryError, subject: string): RegistryError {
  const { code, host, status, request, detail } = error;
  const facts = { subject, cause: error, ...(status && { status }), ...(request && { request }), ...(detail && { detail }) };
  if (status === 400 || status === 422) return new RegistryError('UNSUPPORTED', host, facts);
  return code === 'NAME_UNKNOWN' ? new RegistryError('DENIED', host, facts) : error;
}
