import { referenceParts } from '../../image/mobility.ts';
import { alternatives } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { concurrenciesOf } from '../../usage/privilege.ts';
import type { Concurrency, Job } from '../../workflow/model.ts';
import type { TagRead, TagWrite } from '../../workspace/tagFlow.ts';
import type { RuleContext } from '../rule.ts';
import { neverMeet } from './concurrencyGroup.ts';
import { callsItselfPromotion, callsItselfRelease, isByHand } from './promotion.ts';
import type { Act } from './promotionActs.ts';
import { otherWriters } from './protectedTag.ts';
import { formMobility, type Pushed } from './pushed.ts';
import { concurrencyOfWrite, serialises } from './serialised.ts';

/** Another workflow's write of the same tag, in a group that is surely another. Of two such jobs the later file tells. */
export function rivalOf(
  { moves }: Act,
  waiting: readonly Concurrency[],
  context: RuleContext,
): { readonly move: Pushed; readonly write: TagWrite } | undefined {
  const { workspace, usage, path } = context;
  for (const move of moves) {
    const write = otherWriters(move, context).find(other => {
      const file = workspace.usage(other.path);
      const theirs = file ? concurrencyOfWrite(other, file.workflow).filter(serialises) : [];
      if (!file || theirs.length === 0 || !other.usage.starts.some(start => formMobility(other, start) === 'moving')) return false;
      if (other.path > path && other.usage.starts.some(isByHand) && speaks(other.usage.job, file)) return false;
      return neverMeet(waiting, usage.workflow, theirs, file.workflow);
    });
    if (write) return { move, write };
  }
  return undefined;
}

/** Another workflow's write of the same tag, best one that is in a group, with that group's name. */
export function writerBeside(move: Pushed, context: RuleContext): { readonly write: TagWrite; readonly group?: string } | undefined {
  const found = otherWriters(move, context).map(write => {
    const file = context.workspace.usage(write.path);
    const [group] = file ? concurrencyOfWrite(write, file.workflow).filter(serialises) : [];
    return { write, ...(group?.group && { group: group.group.value }) };
  });
  return found.find(({ group }) => group !== undefined) ?? found[0];
}

/** Whether the other job is one that this rule looks at too. */
function speaks(job: Job, file: WorkflowUsage): boolean {
  return callsItselfPromotion(file, job) || callsItselfRelease(file, job);
}

/** Another workflow's deployment of the same image to the same environment, in a group that is surely another. */
export function rivalDeployment({ usage, job }: Act, waiting: readonly Concurrency[], context: RuleContext): TagRead | undefined {
  const { workspace, usage: own, path } = context;
  const { environment } = job;
  if (usage.kind !== 'deploy' || !environment) return undefined;
  return alternatives(usage.reference.template)
    .flatMap(reference => workspace.flow.readsOf(referenceParts(reference).name, 'same', path))
    .find(other => {
      if (other.usage.kind !== 'deploy' || other.path === path || other.usage.job.environment?.value !== environment.value) return false;
      const file = workspace.usage(other.path);
      if (!file || (other.path > path && other.usage.starts.some(isByHand) && callsItselfPromotion(file, other.usage.job))) return false;
      const { call } = other;
      const theirs = concurrenciesOf(other.usage.job, { workflow: file.workflow, ...(call && { call }) }).filter(serialises);
      return theirs.length > 0 && neverMeet(waiting, own.workflow, theirs, file.workflow);
    });
}

/** A job of another workflow for the same environment that is in a group. */
export function neighbourOf(
  { environment }: Job,
  { workspace, path }: RuleContext,
): { readonly path: string; readonly span: Span; readonly group: string } | undefined {
  if (!environment) return undefined;
  for (const other of workspace.paths()) {
    const workflow = other === path ? undefined : workspace.usage(other)?.workflow;
    for (const job of workflow?.jobs ?? []) {
      const group = (job.concurrency ?? workflow?.concurrency)?.group;
      if (job.environment?.value === environment.value && group) return { path: other, span: group.span, group: group.value };
    }
  }
  return undefined;
}
