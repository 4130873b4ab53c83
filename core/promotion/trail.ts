import { type Digest, shortDigest } from '../image/digest.ts';
import { isTag } from '../image/reference.ts';
import { parseTrail } from '../image/tagKind.ts';
import type { ImageDetails } from '../registry/describe.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import type { Expected, TrailTag } from './model.ts';

/** A trail tag of the tag that is rolled back: somewhere it may have been. */
export interface TrailEntry {
  readonly tag: string;
  /** `YYYY-MM-DD`, from the name. */
  readonly day: string;
  readonly digest: Digest;
  /** It is where the tag is now, or the ledger says that it was rolled back from. */
  readonly note?: 'current' | 'rolledBack';
}

/** Trail tags that are looked at one by one; older ones are not. */
const mostEntries = 30;
const mostCollisions = 20;

/** Names of the trail tags of `tag`, newest first. */
export async function trailNames(registry: Registry, repository: string, tag: string, options: RequestOptions): Promise<readonly string[]> {
  const found: { name: string; day: string; number: number }[] = [];
  for await (const name of registry.tags(repository, options)) {
    const parts = parseTrail(name);
    if (parts?.of === tag) found.push({ name, ...parts });
  }
  found.sort((a, b) => b.day.localeCompare(a.day) || b.number - a.number || a.name.localeCompare(b.name));
  return found.map(({ name }) => name);
}

/** The trail of `tag`, newest first, with what each one names now. */
export async function readTrail(
  registry: Registry,
  repository: string,
  tag: string,
  current: Expected,
  rolledBack: ReadonlySet<Digest>,
  options: RequestOptions,
): Promise<readonly TrailEntry[]> {
  const names = (await trailNames(registry, repository, tag, options)).slice(0, mostEntries);
  const entries = await Promise.all(
    names.map(async (name): Promise<TrailEntry | undefined> => {
      const digest = (await registry.resolve(repository, name, options))?.digest;
      const day = parseTrail(name)?.day;
      if (digest === undefined || day === undefined) return undefined;
      const note = digest === current ? 'current' : rolledBack.has(digest) ? 'rolledBack' : undefined;
      return { tag: name, day, digest, ...(note && { note }) };
    }),
  );
  return entries.filter(entry => entry !== undefined);
}

export interface TrailPlan {
  readonly tags: readonly TrailTag[];
  /** Sentences about digests for which no name was free. */
  readonly problems: readonly string[];
}

/**
 * The trail tags to write before `tag` moves: one for the image it names now, unless a trail tag names it already, so that the way
 * back stays findable; then one for the image it will name.
 */
export async function planTrail(
  registry: Registry,
  repository: string,
  tag: string,
  current: ImageDetails | undefined,
  next: ImageDetails,
  now: Date,
  options: RequestOptions,
): Promise<TrailPlan> {
  const names = await trailNames(registry, repository, tag, options);
  const tags: TrailTag[] = [];
  const problems: string[] = [];
  const named = async (name: string) => (await registry.resolve(repository, name, options))?.digest;
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');

  for (const image of current ? [current, next] : [next]) {
    const revision = shortRevision(image);
    const sameRevision = names.filter(name => parseTrail(name)?.revision === revision).slice(0, mostEntries);
    const digests = new Map(await Promise.all(sameRevision.map(async name => [name, await named(name)] as const)));
    const base = `${tag}-${day}-${revision}`;
    const known = [...digests].some(([name, digest]) => digest === image.digest && (image === current || name.startsWith(base)));
    if (known) continue;
    const candidates = Array.from({ length: mostCollisions }, (_, index) => (index === 0 ? base : `${base}-${index + 1}`));
    const free = candidates.find(name => !names.includes(name) && !tags.some(other => other.tag === name));
    if (free !== undefined && isTag(free)) tags.push({ tag: free, digest: image.digest });
    else
      problems.push(
        `No trail tag for ${shortDigest(image.digest)}: ${isTag(base) ? 'today has too many of them' : 'its name would be too long'}.`,
      );
  }
  return { tags, problems };
}

/** Seven characters that stand for the image in a trail tag: its commit's, or its digest's where it names no commit. */
function shortRevision({ revision, digest }: ImageDetails): string {
  return revision !== undefined && /^[0-9a-f]{7,64}$/.test(revision) ? revision.slice(0, 7) : digest.slice(7, 14);
}
