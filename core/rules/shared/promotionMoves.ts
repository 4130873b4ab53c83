import { display } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { isAfterJob, jobUsages } from '../../usage/order.ts';
import type { Usage } from '../../usage/usage.ts';
import type { Job } from '../../workflow/model.ts';
import type { RuleContext } from '../rule.ts';
import { type Copy, copiesOf } from './copies.ts';
import { isBuilt, isMirror } from './promotedCopies.ts';
import { callsItselfPromotion } from './promotion.ts';
import { isProtected } from './protectedTag.ts';
import { formMobility, isMeant, type Pushed, pushedBy } from './pushed.ts';
import { stageOf } from './stages.ts';

/** A job's copies under a name that moves and that others go by. */
export interface Promotion {
  readonly job: Job;
  readonly moves: readonly [Copy, ...Copy[]];
}

const byContext = new WeakMap<WorkflowUsage, readonly Promotion[]>();

/** The jobs of a file that give an existing image a protected name: `prod`, what the policy protects, what a job moves that says it promotes. */
export function promotionsOf(context: RuleContext): readonly Promotion[] {
  const known = byContext.get(context.usage);
  if (known) return known;
  const found = new Map<Job, [Copy, ...Copy[]]>();
  for (const copy of copiesOf(context.usage)) {
    // What a called workflow does is said of its own file.
    if (copy.usage.calledJob || !isMove(copy, context)) continue;
    const moves = found.get(copy.usage.job);
    if (moves) moves.push(copy);
    else found.set(copy.usage.job, [copy]);
  }
  const promotions = [...found].map(([job, moves]) => ({ job, moves }));
  byContext.set(context.usage, promotions);
  return promotions;
}

function isMove({ write, usage, retag, from }: Copy, context: RuleContext): boolean {
  const { usage: file } = context;
  const meant = usage.starts.filter(start => isMeant(start) && start.on !== 'pullRequest' && !start.event.startsWith('pull_request'));
  // Neither a list in one value nor two names in one word is a tag that could be told.
  if (write.parts.open || write.reference.some(part => part.kind === 'text' && /[\s,]/.test(part.text))) return false;
  const mobilities = meant.map(start => formMobility(write, start));
  // Which tag a promotion moves is often for whoever starts it to say.
  if (callsItselfPromotion(file, usage.job)) return mobilities.some(mobility => mobility !== 'immutable');
  if (!mobilities.includes('moving')) return false;
  if (isMirror(retag, file) || isMirror(usage, file) || isBuilt([from], file)) return false;
  const tag = write.parts.tag ? display(write.parts.tag.value) : 'latest';
  if (stageOf(tag) === 'production') return true;
  const pushed = pushedBy(file).find((one): one is Pushed => one.usage === usage && one.forms.includes(write));
  const [same] = pushed ? [pushed] : pushedBy(file).filter(one => one.usage === usage);
  return same !== undefined && isProtected(same, context);
}

/** Whether something happens after a usage: in its job, or in the jobs that come after that. */
export function isAfterwards(other: Usage, usage: Usage, { usage: file }: RuleContext): boolean {
  if (other.job !== usage.job) return isAfterJob(other.job, usage.job, file.workflow.jobs);
  const all = jobUsages(file, usage.job);
  return all.indexOf(other) > all.indexOf(usage);
}

/** The job, and those that come after it. */
export function jobsFrom(job: Job, { usage }: RuleContext): ReadonlySet<Job> {
  const { jobs } = usage.workflow;
  return new Set([job, ...jobs.filter(other => isAfterJob(other, job, jobs))]);
}
