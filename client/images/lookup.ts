import { LRUCache } from 'lru-cache';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Digest } from '../../core/image/digest.ts';
import { compareAliases } from '../../core/image/tagKind.ts';
import type { ImageDetails } from '../../core/registry/describe.ts';
import { RegistryError } from '../../core/registry/errors.ts';
import { canonicalHost } from '../../core/registry/hosts.ts';
import type { ListedImage } from '../../core/registry/listing.ts';
import type { Registry, RequestOptions } from '../../core/registry/registry.ts';
import type { DescribeImagesAnswer, DescribeImagesParams, FoundImage, ImageAnswer, ImageName } from '../../protocol/registries.ts';
import { commitTags } from './commitTags.ts';
import { signedBy } from './signed.ts';
import type { RegistrySource } from './source.ts';

/** Milliseconds for which an answer about a tag holds. */
const fresh = 60_000;
/** Repositories of one host that are asked at once. */
const repositoriesAtOnce = 6;
/** Tags that are looked at only to say that they name the same image. */
const mostCompanions = 12;
const mostTags = 5000;

/** What a tag named when the registry was asked; `image` is absent where there was none. */
interface Seen {
  readonly at: number;
  readonly image?: ListedImage;
}

export interface LookupOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Milliseconds that a registry has to answer before the others' answers are given without it. */
  readonly patience?: number;
  /** Is told of a repository that was answered as unknown since its registry took its time, and is known now. */
  readonly late?: (host: string, repository: string) => void;
}

/** What references name now, asked in one batch a repository and remembered for a minute. Trouble is `unknown`, never an error. */
export class ImageLookup {
  readonly #source: RegistrySource;
  readonly #now: () => number;
  readonly #limits = new LRUCache<string, LimitFunction>({ max: 100 });
  readonly #patience: number;
  readonly #late: (host: string, repository: string) => void;
  readonly #tags = new LRUCache<string, Seen>({ max: mostTags });
  readonly #signed = new LRUCache<string, { readonly at: number; readonly state: FoundImage['signed'] }>({ max: mostTags });

  constructor(source: RegistrySource, { now = Date.now, patience = 4000, late = () => undefined }: LookupOptions = {}) {
    this.#source = source;
    this.#now = now;
    this.#patience = patience;
    this.#late = late;
  }

  /** The answers in the order of the references. Aborting ends the requests; what is not answered then is `unknown`. */
  async describe({ references, tags = {} }: DescribeImagesParams, options: RequestOptions = {}): Promise<DescribeImagesAnswer> {
    const connected = new Set(this.#source.connections().map(({ host }) => host));
    const groups = byRepository(references);
    const answers = new Map<ImageName, ImageAnswer>();
    await Promise.all(
      [...groups].map(async ([key, asked]) => {
        const host = canonicalHost(asked[0]?.host ?? '');
        const ask = () => this.#limitOf(host)(() => this.#repository(host, asked, tags[key] ?? [], options));
        const found = connected.has(host)
          ? await this.#inTime(host, asked, ask)
          : asked.map(() => ({ status: this.#source.isNamed(host) ? ('unknown' as const) : ('notConnected' as const) }));
        for (const [index, one] of asked.entries()) answers.set(one, found[index] ?? { status: 'unknown' });
      }),
    );
    return { images: references.map(one => answers.get(one) ?? { status: 'unknown' }) };
  }

  /** The answers, or after a while none, so that a registry behind a closed tunnel holds up no other. */
  async #inTime(host: string, asked: readonly ImageName[], ask: () => Promise<readonly ImageAnswer[]>): Promise<readonly ImageAnswer[]> {
    const answers = ask().catch((error: unknown) => trouble(asked, error));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<undefined>(resolve => {
      timer = setTimeout(() => resolve(undefined), this.#patience);
    });
    const inTime = await Promise.race([answers, over]);
    clearTimeout(timer);
    if (inTime) return inTime;
    void answers.then(found => {
      if (found.some(({ status }) => status !== 'unknown')) this.#late(host, asked[0]?.repository ?? '');
    });
    return asked.map(() => ({ status: 'unknown' }));
  }

  #limitOf(host: string): LimitFunction {
    const known = this.#limits.get(host) ?? pLimit(repositoriesAtOnce);
    this.#limits.set(host, known);
    return known;
  }

  /** Forgets what tags of a host, or of one of its repositories, or of all, named. */
  forget(host?: string, repository?: string): void {
    const start = host === undefined ? '' : repository === undefined ? `${host}/` : `${host}/${repository}:`;
    for (const key of [...this.#tags.keys()]) if (key.startsWith(start)) this.#tags.delete(key);
    this.#signed.clear();
  }

  async #repository(
    host: string,
    asked: readonly ImageName[],
    known: readonly string[],
    options: RequestOptions,
  ): Promise<readonly ImageAnswer[]> {
    const [{ repository = '' } = {}] = asked;
    const registry = this.#source.at(host);
    const wanted = asked.flatMap(({ tag, digest }) => (digest ? [] : [tag ?? 'latest']));
    const seen = await this.#look(registry, repository, [...wanted, ...known.slice(0, mostCompanions)], options);
    // Reading an image may count as a pull: of images that the workspace only uses, what the registry's list tells is enough.
    const enough = (image: ListedImage | undefined) => known.length === 0 && isTold(image);
    const digests = new Set(
      asked.flatMap(({ tag, digest }) => {
        const image = seen.get(tag ?? 'latest')?.image;
        return digest ?? (enough(image) ? [] : (image?.digest ?? []));
      }),
    );
    const details = new Map<Digest, ImageDetails | 'missing' | 'unknown'>(
      await Promise.all([...digests].map(async digest => [digest, await this.#details(host, repository, digest, options)] as const)),
    );
    const commits = registry.abilities.digests ? [] : [...details.values()].flatMap(commitsOf);
    const all = new Map([...seen, ...(await this.#look(registry, repository, commits, options))]);
    return Promise.all(asked.map(name => this.#answer(registry, name, all, details, options)));
  }

  /** What these tags name: from memory, the others in one question. */
  async #look(
    registry: Registry,
    repository: string,
    tags: readonly string[],
    options: RequestOptions,
  ): Promise<ReadonlyMap<string, Seen>> {
    const key = (tag: string) => `${registry.host}/${repository}:${tag}`;
    const now = this.#now();
    const unknown = [...new Set(tags)].filter(tag => now - (this.#tags.get(key(tag))?.at ?? 0) > fresh);
    if (unknown.length > 0) {
      const rows = await registry.lookUp(repository, unknown, options);
      for (const tag of unknown) {
        const image = rows.get(tag);
        this.#tags.set(key(tag), { at: this.#now(), ...(image && { image }) });
      }
    }
    return new Map(
      tags.flatMap(tag => [[tag, this.#tags.get(key(tag))] as const].filter((one): one is [string, Seen] => one[1] !== undefined)),
    );
  }

  /** What the image itself says; an image that cannot be read is still there. */
  async #details(host: string, repository: string, digest: Digest, options: RequestOptions): Promise<ImageDetails | 'missing' | 'unknown'> {
    const found = await this.#source.image(host, repository, digest, options).catch((): 'unknown' => 'unknown');
    return found ?? 'missing';
  }

  async #answer(
    registry: Registry,
    { repository, tag = 'latest', digest: named }: ImageName,
    seen: ReadonlyMap<string, Seen>,
    details: ReadonlyMap<Digest, ImageDetails | 'missing' | 'unknown'>,
    options: RequestOptions,
  ): Promise<ImageAnswer> {
    const own = named === undefined ? seen.get(tag) : undefined;
    const digest = named ?? own?.image?.digest;
    const readAt = new Date(own?.at ?? this.#now()).toISOString();
    if (digest === undefined) return own && !own.image ? { status: 'missing', readAt } : { status: 'unknown' };
    const about = details.get(digest);
    if (named !== undefined && (about === 'missing' || about === undefined)) return { status: 'missing', readAt };
    if (named !== undefined && about === 'unknown') return { status: 'unknown' };
    const image = typeof about === 'object' ? about : undefined;
    const listed = own?.image;
    const signed = await this.#signature(registry, repository, digest, options);
    const platforms = image?.platforms ?? listed?.platforms;
    return {
      status: 'found',
      digest,
      readAt,
      ...(listed?.pushedAt !== undefined && { pushedAt: listed.pushedAt }),
      ...(image?.created !== undefined && { createdAt: image.created }),
      ...(platforms && { platforms }),
      ...(image?.revision !== undefined && { revision: image.revision }),
      ...(signed !== undefined && { signed }),
      aliases: aliasesOf(digest, named === undefined ? tag : undefined, seen, listed),
    };
  }

  /** A signature that is there stays; one that is not may come. */
  async #signature(registry: Registry, repository: string, digest: Digest, options: RequestOptions): Promise<FoundImage['signed']> {
    const key = `${registry.host}/${repository}@${digest}`;
    const known = this.#signed.get(key);
    if (known && (known.state === 'signed' || this.#now() - known.at <= fresh)) return known.state;
    const state = await registry.referrers(repository, digest, options).then(signedBy, () => undefined);
    this.#signed.set(key, { at: this.#now(), state });
    return state;
  }
}

function byRepository(references: readonly ImageName[]): ReadonlyMap<string, readonly ImageName[]> {
  const groups = new Map<string, ImageName[]>();
  for (const one of references) {
    const key = `${canonicalHost(one.host)}/${one.repository}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

/** The list told when it was pushed and for which platforms. */
function isTold(image: ListedImage | undefined): boolean {
  return image?.pushedAt !== undefined && image.platforms !== undefined;
}

function commitsOf(details: ImageDetails | 'missing' | 'unknown'): readonly string[] {
  return typeof details === 'object' && details.revision !== undefined ? commitTags(details.revision) : [];
}

/** Other tags that are known to name the digest, the most telling first. */
function aliasesOf(
  digest: Digest,
  own: string | undefined,
  seen: ReadonlyMap<string, Seen>,
  listed: ListedImage | undefined,
): readonly string[] {
  const same = [...seen].flatMap(([tag, { image }]) => (image?.digest === digest ? [tag, ...image.tags] : []));
  return [...new Set([...(listed?.tags ?? []), ...same])].filter(tag => tag !== own).sort(compareAliases);
}

/** A repository that is not there holds no image; of any other trouble nothing is known. */
function trouble(asked: readonly ImageName[], error: unknown): readonly ImageAnswer[] {
  const gone = error instanceof RegistryError && error.code === 'NAME_UNKNOWN';
  return asked.map(() => (gone ? { status: 'missing', readAt: new Date().toISOString() } : { status: 'unknown' }));
}
