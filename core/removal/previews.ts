import type { PullRequest } from '../github/pullRequests.ts';
import type { Digest } from '../image/digest.ts';
import { tagKind } from '../image/tagKind.ts';
import type { Registry } from '../registry/registry.ts';
import type { Protection, Removal, RemovalPlan, Survey } from './model.ts';
import { planOf, refusalsOf, removalOf } from './plan.ts';
import { tagsOf } from './survey.ts';

/** A tag that was made for a pull request. */
export interface Preview {
  readonly tag: string;
  readonly number: number;
  readonly digest: Digest;
}

/** A preview that stays, and why: a sentence's end that follows the tag. */
export interface KeptPreview extends Preview {
  readonly because: string;
}

export interface CleanUp {
  /** What would be removed; every tag in it is a preview's of a pull request that is closed. */
  readonly plan: RemovalPlan;
  readonly kept: readonly KeptPreview[];
}

/** The pull request that a tag was made for: `pr-42`, `pull-42-1a2b3c4`, `mr_7`. */
export function previewNumber(tag: string): number | undefined {
  if (tagKind(tag) !== 'pullRequest') return undefined;
  const number = Number(/\d+/.exec(tag)?.[0]);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** The previews of a repository, by number, the newest first. */
export function previewsIn({ tags }: Pick<Survey, 'tags'>): readonly Preview[] {
  return [...tags]
    .flatMap(([tag, digest]): readonly Preview[] => {
      const number = previewNumber(tag);
      return number === undefined ? [] : [{ tag, number, digest }];
    })
    .sort(newestFirst);
}

/**
 * Which previews are left over: those of pull requests that are closed or merged. An image goes only where every tag of it is such a
 * preview; else its preview tags are taken away, where the registry can do that. What is protected, or part of an index, stays.
 */
export function planCleanUp(
  registry: Pick<Registry, 'host' | 'abilities'>,
  repository: string,
  found: Survey,
  pulls: ReadonlyMap<number, PullRequest>,
  protection: Protection = new Map(),
): CleanUp {
  const removals: Removal[] = [];
  const kept: KeptPreview[] = [];
  const leftOver: Preview[] = [];
  for (const preview of previewsIn(found)) {
    const pull = pulls.get(preview.number);
    if (!pull) kept.push({ ...preview, because: `belongs to #${preview.number}, which is not known` });
    else if (pull.state === 'open') kept.push({ ...preview, because: `belongs to #${preview.number}, which is open` });
    else leftOver.push(preview);
  }
  for (const digest of new Set(leftOver.map(preview => preview.digest))) {
    const previews = leftOver.filter(preview => preview.digest === digest);
    const others = tagsOf(found, digest).filter(tag => !previews.some(preview => preview.tag === tag));
    for (const { removal, of } of wanted(registry, found, digest, previews, others, protection)) {
      const [refused] = removal ? refusalsOf(removal) : [];
      if (removal && !refused) removals.push(removal);
      else kept.push(...of.map(preview => ({ ...preview, because: refused?.message ?? reasonOf(others) })));
    }
  }
  return { plan: planOf(registry, repository, removals, found, protection), kept: kept.sort(newestFirst) };
}

/** The removals that free an image of its previews, each with the previews it is for; without a removal there is no way. */
function wanted(
  registry: Pick<Registry, 'abilities'>,
  found: Survey,
  digest: Digest,
  previews: readonly Preview[],
  others: readonly string[],
  protection: Protection,
): readonly { readonly removal?: Removal; readonly of: readonly Preview[] }[] {
  const { remove, untag } = registry.abilities;
  if (others.length === 0 && remove) return [{ removal: removalOf(registry, { kind: 'delete', digest }, found, protection), of: previews }];
  if (!untag) return [{ of: previews }];
  const left = new Map(found.tags);
  return previews.map(preview => {
    // Each is planned as if those before it were gone: the last one may take the image along.
    const removal = removalOf(registry, { kind: 'untag', digest, tag: preview.tag }, { ...found, tags: new Map(left) }, protection);
    left.delete(preview.tag);
    return { removal, of: [preview] };
  });
}

function reasonOf(others: readonly string[]): string {
  return others.length > 0
    ? `shares its image with ${others.slice(0, 3).join(', ')}, and this registry cannot take a tag away alone`
    : 'cannot be removed at this registry';
}

function newestFirst(a: Preview, b: Preview): number {
  return b.number - a.number || (a.tag < b.tag ? -1 : 1);
}
