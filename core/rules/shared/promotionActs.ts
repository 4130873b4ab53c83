import { holes } from '../../image/template.ts';
import { startsOf } from '../../usage/starts.ts';
import type { Usage } from '../../usage/usage.ts';
import type { Job } from '../../workflow/model.ts';
import type { RuleContext } from '../rule.ts';
import { inputsIn } from './concurrencyGroup.ts';
import { isMirror } from './promotedCopies.ts';
import { callsItselfPromotion, callsItselfRelease, isByHand, isCopy, isDeployment } from './promotion.ts';
import { isProtected } from './protectedTag.ts';
import { type Pushed, pushedBy, pushedMobility } from './pushed.ts';

/** What one job does to what everybody uses. */
export interface Act {
  readonly job: Job;
  /** What it pushes under names that later runs push again; empty where it only deploys, or nobody can see what it writes. */
  readonly moves: readonly Pushed[];
  /** One thing that it does with images, for its place and its concurrency. */
  readonly usage: Usage;
  /** It says itself that it promotes or rolls back, or gives an existing image the name. */
  readonly promotes: boolean;
}

/** The jobs that somebody starts by hand, or calls, to move tags or to deploy. */
export function actsOf(context: RuleContext): readonly Act[] {
  const { usage: file } = context;
  if (!startsOf(file.workflow).some(isByHand)) return [];
  const byJob = new Map<Job, Usage[]>();
  for (const usage of file.sequence) {
    if (!usage.starts.some(isByHand)) continue;
    const before = byJob.get(usage.job);
    if (before) before.push(usage);
    else byJob.set(usage.job, [usage]);
  }
  return [...byJob].flatMap(([job, usages]): readonly Act[] => {
    const [usage] = usages;
    if (!usage) return [];
    const pushed = pushedBy(file).filter(push => push.usage.job === job && !isMirror(push.usage, file));
    // A push to the branch starts it too: then moving-tag-race speaks.
    if (pushed.some(push => push.starts.some(start => start.event === 'push' && start.on === 'branch' && isMoving(push, [start]))))
      return [];
    const named = usages.some(({ calledJob }) => callsItselfPromotion(file, job, calledJob));
    const moves = pushed.filter(push => isShared(push, named, context));
    const [first] = moves;
    if (first) return [{ job, moves, usage: first.usage, promotes: named || moves.some(move => isCopy(move, file)) }];
    return named && pushed.length === 0 && reaches(job, usages)
      ? [{ job, moves, usage: usages.find(isDeployment) ?? usage, promotes: true }]
      : [];
  });
}

function isMoving(push: Pushed, starts: Pushed['starts']): boolean {
  return starts.some(start => pushedMobility(push, start) === 'moving');
}

/** A tag that moves with runs by hand, and that a promotion or release writes; or one that whoever starts a promotion names. */
function isShared(push: Pushed, named: boolean, context: RuleContext): boolean {
  const { usage: file } = context;
  const starts = push.starts.filter(isByHand);
  if (starts.length === 0) return false;
  const copies = isCopy(push, file);
  if (isMoving(push, starts))
    return named || copies || callsItselfRelease(file, push.usage.job, push.usage.calledJob) || isProtected(push, context);
  const isOpen = starts.some(start => pushedMobility(push, start) === 'unknown');
  return isOpen && push.usage.kind === 'retag' && (named || (copies && targetInputs([push]).length > 0));
}

/** Whether a job that calls itself a promotion acts on something that lasts: it deploys, or handles images for a deployment environment. */
function reaches({ environment, if: condition }: Job, usages: readonly Usage[]): boolean {
  // The rollback of a deployment that failed in the same run.
  if (condition && /\bfailure\(\)|\.result\b/.test(condition.value)) return false;
  return usages.some(isDeployment) || (environment !== undefined && usages.some(({ kind }) => kind === 'login' || kind === 'inspect'));
}

function targetInputs(moves: readonly Pushed[]): readonly string[] {
  return moves.flatMap(({ forms }) =>
    forms.flatMap(({ parts }) => holes(parts.tag?.value ?? []).flatMap(({ source }) => inputsIn(source))),
  );
}
