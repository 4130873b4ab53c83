import { type Match, match, matchNames, type Nearness } from '../../image/match.ts';
import { type ReferenceParts, referenceParts, tagMobility, tagOf } from '../../image/mobility.ts';
import { alternatives, literal, type Template } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { neededJobs } from '../../usage/order.ts';
import type { Item, Usage, Verify } from '../../usage/usage.ts';

/**
 * What a signature was checked of, seen from the image that is promoted: the same bytes (`same`); by a tag that names it, which may have
 * moved in between (`tag`); the digest, where the promotion reads a tag anew (`digestOfTag`); surely another tag or digest of the
 * repository (`other`); another image altogether (`unrelated`); or nobody can tell.
 */
export type Subject = 'same' | 'unknown' | 'tag' | 'digestOfTag' | 'other' | 'unrelated';

const order: readonly Subject[] = ['same', 'unknown', 'tag', 'digestOfTag', 'other', 'unrelated'];

/** Of several forms the one that speaks best for the check counts. */
export function subjectOf(verify: Verify, promoted: Item, by: Usage): Subject {
  const nearness = verify.job === by.job && verify.calledJob === by.calledJob ? 'job' : 'run';
  const found = alternatives(verify.reference.template).flatMap(one =>
    alternatives(promoted.template).map(other => subject(one, other, nearness)),
  );
  return order.find(each => found.includes(each)) ?? 'unknown';
}

function subject(verified: Template, promoted: Template, nearness: Nearness): Subject {
  const [one, other] = [referenceParts(verified), referenceParts(promoted)];
  if (one.digest && other.digest) return ofDigests(one, other, nearness);
  const names = matchNames(one.name, other.name, nearness);
  // One value for both: a tag, a digest, nobody knows, but the same.
  if (!one.digest && !other.digest && one.open && other.open)
    return names === 'never' ? 'unrelated' : names === 'same' ? 'same' : 'unknown';
  if (names === 'never') return 'unrelated';
  if (names === 'maybe' || (!one.digest && one.open) || (!other.digest && other.open)) return 'unknown';
  if (one.digest) return 'digestOfTag';
  if (other.digest) return 'tag';
  const tags = ofTags(one, other, nearness);
  return tags === 'never' ? 'other' : tags === 'same' ? 'tag' : 'unknown';
}

/** Equal digests are equal bytes, in whatever repository. */
function ofDigests(one: ReferenceParts, other: ReferenceParts, nearness: Nearness): Subject {
  const digests = match(one.digest ?? [], other.digest ?? [], nearness);
  if (digests === 'same') return 'same';
  // Of two that come from somewhere nobody knows that they differ.
  const differ = digests === 'never' && literal(one.digest ?? []) !== undefined && literal(other.digest ?? []) !== undefined;
  const names = matchNames(one.name, other.name, nearness);
  if (names === 'never' && (differ || lastSegment(one.name) !== lastSegment(other.name))) return 'unrelated';
  return differ && names === 'same' ? 'other' : 'unknown';
}

/** `shop` of `ghcr.io/acme/shop`: a copy in another registry keeps it. */
function lastSegment(name: Template): string {
  const last = name.at(-1);
  return last?.kind === 'text' ? last.text.slice(last.text.lastIndexOf('/') + 1) : '';
}

function ofTags(one: ReferenceParts, other: ReferenceParts, nearness: Nearness): Match {
  return match(tagOf(one), tagOf(other), nearness);
}

/** Whether a reference is read by a tag that later pushes move. */
export function mobilityOf({ template }: Item): 'moving' | 'immutable' | 'unknown' {
  const found = new Set(
    alternatives(template).map(form => {
      const { tag, digest, open } = referenceParts(form);
      if (digest) return 'immutable';
      return tag ? tagMobility(tag.value) : open ? 'unknown' : 'moving';
    }),
  );
  const [only] = found;
  return found.size === 1 && only ? only : 'unknown';
}

/** The checks that are over when something happens: earlier in its job, and in the jobs that its job needs. */
export function checksBefore(usage: Usage, file: WorkflowUsage): readonly Verify[] {
  const verifies = checksOf(file);
  if (verifies.length === 0) return verifies;
  const needed = new Set(neededJobs(usage.job, file.workflow.jobs));
  const at = file.sequence.indexOf(usage);
  return verifies.filter(
    verify => needed.has(verify.job) || (verify.job === usage.job && file.sequence.indexOf(verify) < at && isBefore(verify, usage)),
  );
}

/** Jobs of a workflow that one job calls run side by side, unless they need each other. */
function isBefore({ calledJob }: Verify, usage: Usage): boolean {
  if (calledJob === usage.calledJob || !usage.calledJob) return true;
  return calledJob !== undefined && usage.calledJob.needs.length > 0;
}

const known = new WeakMap<WorkflowUsage, readonly Verify[]>();

/** Every check of a signature or attestation in a file. */
export function checksOf(file: WorkflowUsage): readonly Verify[] {
  const before = known.get(file);
  if (before) return before;
  const found = file.sequence.filter(usage => usage.kind === 'verify');
  known.set(file, found);
  return found;
}
