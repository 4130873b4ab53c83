import type { Digest } from '../image/digest.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import type { Removal, RemovalOutcome, Survey } from './model.ts';
import { parentsOf, tagsOf } from './survey.ts';

/** Other tags of an image that are asked for, to see that one of them still holds it. */
const holders = 10;

/** What a look right before a write finds: why not to write, and whether a tag that matters has left what the survey knows. */
export interface Recheck {
  readonly trouble?: RemovalOutcome;
  /** The survey is no longer true: this watched tag names something else now. */
  readonly moved?: { readonly tag: string; readonly found: Digest | 'absent' };
}

/**
 * Looks once more at what was confirmed, at the tags that are watched, and, where the registry tells, at every tag that the image has
 * now: `seen` may be seconds old. Throws a RegistryError.
 */
export async function recheck(
  registry: Registry,
  repository: string,
  removal: Removal,
  seen: Survey | undefined,
  watched: readonly string[],
  options: RequestOptions,
): Promise<Recheck> {
  const { digest, tags, tag, deletes } = removal;
  const stale = (name: string, found: Digest | 'absent'): Recheck => ({ trouble: { status: 'stale', tag: name, found } });
  const others = seen ? tagsOf(seen, digest).filter(other => !tags.includes(other)) : [];
  if (seen && deletes) {
    const [further] = others;
    if (further !== undefined) return stale(further, digest);
    const [parent] = parentsOf(seen, digest);
    if (parent) return stale(parent.tags[0] ?? parent.digest, parent.digest);
  }
  const wanted = tag === undefined ? tags : [tag];
  const besides = (deletes ? watched : others.slice(0, holders)).filter(name => !wanted.includes(name));
  const [now, all] = await Promise.all([
    registry.lookUp(repository, [...wanted, ...besides], { ...options, fresh: true }),
    registry.tagsOf?.(repository, digest, options),
  ]);
  for (const name of wanted) {
    const found = now.get(name)?.digest;
    if (found !== digest) return tag === name && found === undefined ? { trouble: { status: 'absent' } } : stale(name, found ?? 'absent');
  }
  const named = all ?? besides.filter(name => now.get(name)?.digest === digest);
  if (deletes) {
    const further = named.find(name => !tags.includes(name));
    if (further !== undefined) return stale(further, digest);
    const moved = besides.find(name => now.get(name)?.digest !== seen?.tags.get(name));
    if (moved !== undefined) return { moved: { tag: moved, found: now.get(moved)?.digest ?? 'absent' } };
  } else if (seen && tag !== undefined && !named.some(name => name !== tag)) {
    // The registry would delete the image with what has become its last tag.
    return stale(tag, digest);
  }
  if (wanted.length === 0 && !(await registry.resolve(repository, digest, options))) return { trouble: { status: 'absent' } };
  return {};
}
