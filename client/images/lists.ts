import { LRUCache } from 'lru-cache';
import { compareTags } from '../../core/image/tagKind.ts';
import { canonicalHost } from '../../core/registry/hosts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type {
  ListedTag,
  ListRepositoriesAnswer,
  ListRepositoriesParams,
  ListTagsAnswer,
  ListTagsParams,
  WebPagesAnswer,
  WebPagesParams,
} from '../../protocol/registries.ts';
import type { RegistrySource } from './source.ts';

/** Milliseconds for which a list holds: whoever completes asks with every key. */
const fresh = 120_000;
/** More names than anybody looks through in a list of suggestions; of those that were read, the most telling. */
const most = 1000;
/** Names that are read to find those: a registry that sorts by letter has `staging` behind thousands of commits. */
const mostRead = 10_000;

/** Names for completion, remembered for two minutes. Trouble is an empty list. */
export class NameLists {
  readonly #source: RegistrySource;
  readonly #tags = new LRUCache<string, Promise<ListTagsAnswer>>({ max: 100, ttl: fresh });
  readonly #repositories = new LRUCache<string, Promise<readonly string[]>>({ max: 100, ttl: fresh });

  constructor(source: RegistrySource) {
    this.#source = source;
  }

  async tags({ host, repository }: ListTagsParams): Promise<ListTagsAnswer> {
    const name = canonicalHost(host);
    if (!this.#isConnected(name)) return { tags: [], complete: false };
    return remembered(this.#tags, `${name}/${repository}`, { tags: [], complete: false }, () =>
      readTags(this.#source.at(name), repository),
    );
  }

  async repositories({ host }: ListRepositoriesParams): Promise<ListRepositoriesAnswer> {
    const connections = this.#source.connections();
    const asked = connections.filter(one => host === undefined || one.host === canonicalHost(host));
    const found = await Promise.all(
      asked.map(async one => {
        const names =
          one.repositories.length > 0
            ? one.repositories
            : await remembered(this.#repositories, one.host, [], () =>
                take(this.#source.at(one.host).repositories()).then(({ names }) => names),
              );
        return names.map(name => `${one.host}/${name}`);
      }),
    );
    return { hosts: connections.map(one => one.host), repositories: found.flat() };
  }

  /** The registries' pages; contacts nothing. */
  webPages({ references }: WebPagesParams): WebPagesAnswer {
    const page = ({ host, repository, tag, digest }: WebPagesParams['references'][number]) =>
      this.#isConnected(canonicalHost(host)) ? this.#source.at(canonicalHost(host)).webPage(repository, digest ?? tag) : undefined;
    return { pages: references.map(one => page(one) ?? null) };
  }

  forget(): void {
    this.#tags.clear();
    this.#repositories.clear();
  }

  #isConnected(host: string): boolean {
    return this.#source.connections().some(one => one.host === host);
  }
}

/** Who asks meanwhile waits for the same list; what failed is asked for again. */
function remembered<T extends object>(lists: LRUCache<string, Promise<T>>, key: string, none: T, read: () => Promise<T>): Promise<T> {
  const known = lists.get(key);
  if (known) return known;
  const list = read().catch(() => {
    lists.delete(key);
    return none;
  });
  lists.set(key, list);
  return list;
}

async function readTags(registry: Registry, repository: string): Promise<ListTagsAnswer> {
  if (!registry.abilities.digests) {
    const { names, complete } = await take(registry.tags(repository), mostRead);
    return telling(
      names.map(tag => ({ tag })),
      complete,
    );
  }
  const tags: ListedTag[] = [];
  for await (const { images } of registry.images(repository)) {
    for (const { digest, pushedAt, tags: names } of images)
      for (const tag of names) tags.push({ tag, ...(digest && { digest }), ...(pushedAt !== undefined && { pushedAt }) });
    if (tags.length >= (registry.abilities.order === 'newest' ? most : mostRead)) return telling(tags, false);
  }
  return telling(tags, true);
}

function telling(tags: readonly ListedTag[], complete: boolean): ListTagsAnswer {
  const sorted = [...tags].sort((a, b) => compareTags(a.tag, b.tag));
  return { tags: sorted.slice(0, most), complete: complete && sorted.length <= most };
}

async function take(names: AsyncIterable<string>, limit = most): Promise<{ readonly names: string[]; readonly complete: boolean }> {
  const taken: string[] = [];
  for await (const name of names) if (taken.push(name) >= limit) return { names: taken, complete: false };
  return { names: taken, complete: true };
}
