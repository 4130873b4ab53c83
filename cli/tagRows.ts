import pLimit from 'p-limit';
import type { Digest } from '../core/image/digest.ts';
import { compareTags, type TagKind, tagKind } from '../core/image/tagKind.ts';
import { describeImage, type ImageDetails } from '../core/registry/describe.ts';
import { RegistryError } from '../core/registry/errors.ts';
import { explain } from '../core/registry/explain.ts';
import type { ListedImage } from '../core/registry/listing.ts';
import type { Session } from './registryCommand.ts';
import type { Waiting } from './waiting.ts';

export const sorts = ['kind', 'tag', 'pushed', 'created'] as const;
export type Sort = (typeof sorts)[number];

/** Which tags are wanted, and in which order. */
export interface Wanted {
  readonly sort: Sort;
  /** A part of the tag's name, or the beginning of a digest or a commit. */
  readonly filter?: string;
  /** All kinds where it is absent. */
  readonly kinds?: readonly TagKind[];
  /** 0 is all. */
  readonly limit: number;
  /** Reads each image that is shown, also where the list tells digests and dates. */
  readonly details: boolean;
}

export interface Row {
  readonly tag: string;
  readonly kind: TagKind;
  /** Absent where the tag went away meanwhile, or could not be read. */
  digest?: Digest;
  /** What the registry's list says of it. */
  listed?: ListedImage;
  details?: ImageDetails;
  error?: string;
}

/** Each image takes up to three requests one after the other; the registry's own limit is on requests. */
const imagesAtOnce = 6;
/** Tags that are looked up together. */
const batch = 50;

/** The tags of a repository in the order that is wanted; `omitted` is how many the limit leaves out. Throws a RegistryError. */
export async function readRows(
  session: Pick<Session, 'registry' | 'repository' | 'signal'>,
  wanted: Wanted,
  waiting: Waiting,
): Promise<{ readonly rows: readonly Row[]; readonly omitted: number }> {
  const reader = new Reader(session, waiting);
  const { kinds, filter, sort, limit } = wanted;
  let rows = (await reader.list()).filter(({ kind }) => kinds === undefined || kinds.includes(kind));
  if (filter !== undefined) rows = await reader.matching(rows, filter.toLowerCase());
  const { dates } = session.registry.abilities;
  if (sort === 'created' || (sort === 'pushed' && !dates)) await reader.describe(rows);
  rows.sort(order(sort));
  const shown = limit === 0 ? rows : rows.slice(0, limit);
  if (dates && !wanted.details) await reader.lookUp(shown);
  else await reader.describe(shown);
  // What is known now may order names that carry a hash.
  return { rows: shown.sort(order(sort)), omitted: rows.length - shown.length };
}

/** ISO 8601: when it was pushed, where the registry says so, or else built. */
export function dateOf({ listed, details }: Row): string | undefined {
  return listed?.pushedAt ?? details?.created;
}

/** Reads what rows lack, each thing once. */
class Reader {
  readonly #session: Pick<Session, 'registry' | 'repository' | 'signal'>;
  readonly #waiting: Waiting;
  readonly #known = new Map<Digest, Promise<ImageDetails | undefined>>();

  constructor(session: Pick<Session, 'registry' | 'repository' | 'signal'>, waiting: Waiting) {
    this.#session = session;
    this.#waiting = waiting;
  }

  async list(): Promise<Row[]> {
    const { registry, repository, signal } = this.#session;
    const rows = new Map<string, Row>();
    for await (const { images, total } of registry.images(repository, { signal })) {
      for (const listed of images) {
        const known = listed.digest === undefined ? {} : { digest: listed.digest, listed };
        for (const tag of listed.tags) rows.set(tag, { tag, kind: tagKind(tag), ...known });
      }
      this.#waiting.update(total === undefined ? `${rows.size} tags` : `${rows.size} tags of ${total} images`);
    }
    return [...rows.values()];
  }

  /** A text of hex characters may begin a digest or a commit, so then all that is not found by its name is looked at, unless that is metered. */
  async matching(rows: readonly Row[], filter: string): Promise<Row[]> {
    const byName = ({ tag }: Row) => tag.toLowerCase().includes(filter);
    const hex = filter.replace(/^sha256:/, '');
    if (!/^[0-9a-f]{7,64}$/.test(hex)) return rows.filter(byName);
    const others = rows.filter(row => !byName(row));
    await this.lookUp(others);
    const byDigest = ({ digest }: Row) => digest?.startsWith(`sha256:${hex}`) === true;
    if (hex === filter && !this.#session.registry.abilities.metered) await this.describe(others.filter(row => !byDigest(row)));
    return rows.filter(row => byName(row) || byDigest(row) || row.details?.revision?.startsWith(hex) === true);
  }

  /** Asks what tags name, where the list did not say. */
  async lookUp(rows: readonly Row[]): Promise<void> {
    const open = rows.filter(({ digest, error }) => digest === undefined && error === undefined);
    for (let at = 0; at < open.length; at += batch) {
      const some = open.slice(at, at + batch);
      await this.#named(some).catch(async (error: unknown) => {
        // One tag that cannot be read must not hide the others; trouble of the whole host shows at the list already.
        if (!isOfOne(error) || this.#session.signal.aborted) throw error;
        for (const row of some) await this.#attempt(row, () => this.#named([row]));
      });
      this.#waiting.update(`${at + some.length} of ${open.length} tags looked up`);
    }
  }

  /** Reads the images that tags name. */
  async describe(rows: readonly Row[]): Promise<void> {
    await this.lookUp(rows);
    const { registry, repository, signal } = this.#session;
    const atOnce = pLimit(imagesAtOnce);
    let done = 0;
    const open = rows.filter(({ digest, details, error }) => digest !== undefined && details === undefined && error === undefined);
    await Promise.all(
      open.map(row =>
        atOnce(() =>
          this.#attempt(row, async () => {
            const digest = row.digest as Digest;
            const read = this.#known.get(digest) ?? describeImage(registry, repository, digest, { signal });
            this.#known.set(digest, read);
            const details = await read;
            if (details) row.details = details;
            done += 1;
            this.#waiting.update(`${done} of ${open.length} images read`);
          }),
        ),
      ),
    );
  }

  async #named(rows: readonly Row[]): Promise<void> {
    const { registry, repository, signal } = this.#session;
    const tags = rows.map(({ tag }) => tag);
    const found = await registry.lookUp(repository, tags, { signal });
    for (const row of rows) {
      const listed = found.get(row.tag);
      if (listed?.digest !== undefined) Object.assign(row, { digest: listed.digest, listed });
    }
  }

  async #attempt(row: Row, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isOfOne(error) || this.#session.signal.aborted) throw error;
      row.error = explain(error);
    }
  }
}

function isOfOne(error: unknown): error is RegistryError {
  return error instanceof RegistryError && !error.temporary() && error.code !== 'UNAUTHORIZED';
}

const collator = new Intl.Collator('en', { numeric: true });

function order(sort: Sort): (a: Row, b: Row) => number {
  const newest = (a: string | undefined, b: string | undefined) => (b ?? '').localeCompare(a ?? '');
  switch (sort) {
    case 'tag':
      return (a, b) => collator.compare(a.tag, b.tag);
    case 'pushed':
      return (a, b) => newest(dateOf(a), dateOf(b)) || compareTags(a.tag, b.tag);
    case 'created':
      return (a, b) => newest(a.details?.created, b.details?.created) || compareTags(a.tag, b.tag);
    case 'kind':
      return (a, b) => {
        const hashed = a.kind === b.kind && (a.kind === 'commit' || a.kind === 'other');
        return (hashed ? newest(dateOf(a), dateOf(b)) : 0) || compareTags(a.tag, b.tag);
      };
  }
}
