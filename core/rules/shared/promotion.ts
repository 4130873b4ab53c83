import type { WorkflowUsage } from '../../usage/analyze.ts';
import { callerEvent } from '../../usage/events.ts';
import type { Start } from '../../usage/starts.ts';
import { makesThrowawayCluster } from '../../usage/throwaway.ts';
import type { Usage } from '../../usage/usage.ts';
import type { Job, Workflow } from '../../workflow/model.ts';
import { byDigestMerge, isBuilt } from './promotedCopies.ts';
import type { Pushed } from './pushed.ts';

const promotes = /(?:^|[^a-z])(?:promot(?:e[sd]?|ing|ion)|roll(?:ing)?[\s_-]?back|re-?tag(?:s|ged|ging)?|hot-?fix)(?![a-z])/i;
const releases = /(?:^|[^a-z])(?:releas(?:e[sd]?|ing)|publish(?:es|ed|ing)?)(?![a-z])/i;

/** Whether a job, or the workflow where it is the only one, says that it promotes, rolls back or retags. */
export function callsItselfPromotion({ workflow }: WorkflowUsage, ...jobs: readonly (Job | undefined)[]): boolean {
  return said(promotes, workflow, jobs, workflow.jobs.length === 1);
}

/** Whether a step says in its name that it promotes, rolls back or retags. */
export function stepSaysPromotion({ step }: Usage): boolean {
  return promotes.test(step.name?.value ?? '');
}

/** Whether a workflow says of itself as a whole that it promotes, rolls back or retags. */
export function saysPromotion({ workflow }: WorkflowUsage): boolean {
  return said(promotes, workflow, [], true);
}

/** Whether a job or its workflow says that it releases or publishes. */
export function callsItselfRelease({ workflow }: WorkflowUsage, ...jobs: readonly (Job | undefined)[]): boolean {
  return said(releases, workflow, jobs, true);
}

function said(words: RegExp, { name, path }: Workflow, jobs: readonly (Job | undefined)[], alsoWorkflow: boolean): boolean {
  const names = jobs.flatMap(job => (job ? [job.id.value, job.name?.value ?? ''] : []));
  const whole = alsoWorkflow ? [name?.value ?? '', path.slice(path.lastIndexOf('/') + 1)] : [];
  return [...names, ...whole].some(text => words.test(text));
}

/** Whether a word of an input or an option speaks of a release, a promotion or a way back: `releaseVersion`. */
export function saysRelease(word: string): boolean {
  return /^(?:releas|promot|roll-?back)/i.test(word);
}

/** Whether an existing image gets another name, rather than what this workflow builds. */
export function isCopy({ usage }: Pushed, file: WorkflowUsage): boolean {
  return usage.kind === 'retag' && !usage.others?.length && !byDigestMerge(usage, file) && !isBuilt([usage.from, usage.to], file);
}

/** Runs that somebody starts when and as often as they like: by hand, by an event of their own, or by a call from elsewhere. */
export function isByHand({ event, seldom }: Start): boolean {
  return !seldom && (event === 'workflow_dispatch' || event === 'repository_dispatch' || event === callerEvent);
}

/** Whether a job makes something run that lasts. */
export function isDeployment(usage: Usage): boolean {
  return (usage.kind === 'deploy' || usage.kind === 'restart') && !makesThrowawayCluster(usage.calledJob ?? usage.job);
}
