import { pullRequestEvents } from '../../expression/contexts.ts';
import { holds } from '../../expression/evaluate.ts';
import { choice, derived } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { conditionsOf } from '../../usage/privilege.ts';
import { refValue, type Start, startsOf } from '../../usage/starts.ts';
import type { Usage } from '../../usage/usage.ts';
import type { RuleContext } from '../rule.ts';

const open = new WeakMap<WorkflowUsage, boolean>();

/** Whether any run of a file is for a pull request that is still open: rules about pull requests have nothing to say of other files. */
export function hasPullRequestRuns(file: WorkflowUsage): boolean {
  const known = open.get(file);
  if (known !== undefined) return known;
  const answer = (file.call?.starts ?? startsOf(file.workflow)).some(isForOpenRequest);
  open.set(file, answer);
  return answer;
}

/** Whether any run of a file is for a pull request, its end included. */
export function mayBeForRequest(file: WorkflowUsage): boolean {
  return (file.call?.starts ?? startsOf(file.workflow)).some(({ event }) => pullRequestEvents.has(event));
}

/** A run for a pull request, unless it is for its end alone: after `closed` it has been merged, or given up. */
export function isForOpenRequest({ event, types }: Start): boolean {
  return pullRequestEvents.has(event) && !types?.every(type => type === 'closed');
}

/** Of `starts`, those of open pull requests that the conditions of the usage's job, step and callers let through. */
export function openRequestStarts(usage: Usage, file: WorkflowUsage, starts: readonly Start[] = usage.starts): readonly Start[] {
  const found = starts.filter(isForOpenRequest);
  if (found.length === 0) return found;
  const conditions = guardsOf(usage, file);
  return conditions.length === 0 ? found : found.filter(start => conditions.every(condition => holdsWhileOpen(condition, start)));
}

/** Of the starts those that follow the end of a pull request, merged or not, where no condition asks which. */
export function unmergedStarts(usage: Usage, file: WorkflowUsage, starts: readonly Start[] = usage.starts): readonly Start[] {
  const found = starts.filter(({ event, on, types }) => event === 'pull_request' && on === 'pullRequest' && types?.includes('closed'));
  return found.filter(start => guardsOf(usage, file).every(condition => holdsWhileOpen(condition, start, 'closed')));
}

/** The conditions on the way to a usage, outermost last: its step's, its job's, those of the callers and of the called job. */
export function guardsOf({ job, step, calledJob }: Usage, file: Pick<WorkflowUsage, 'call'>): readonly string[] {
  const own = conditionsOf(job, step, file);
  return calledJob?.if ? [...own, calledJob.if.value] : own;
}

const nowhere = { start: 0, end: 0 };

/** Whether a condition may hold in such a run for a pull request that is not merged; without `action` while it is open. */
export function holdsWhileOpen(condition: string, start: Start, action?: string): boolean {
  const types = action === undefined ? start.types?.filter(type => type !== 'closed') : [action];
  const lookup = ([context, ...path]: readonly string[]) => {
    if (!/^(?:github|gitea|forgejo)$/i.test(context ?? '')) return undefined;
    const name = path.join('.').toLowerCase();
    // The object, which no other event has.
    if (name === 'event.pull_request') return derived('pull_request', nowhere);
    if (name === 'event.pull_request.merged') return derived('false', nowhere);
    if (name === 'event.pull_request.state') return derived(action === 'closed' ? 'closed' : 'open', nowhere);
    // Only the events of labels bring the one that was set or taken.
    if (name.startsWith('event.label.') && types && !types.some(type => type.endsWith('labeled'))) return [];
    if (name !== 'event.action' || !types) return refValue(name, start, nowhere);
    return choice(
      types.map(type => derived(type, nowhere)),
      nowhere,
    );
  };
  const type = (path: readonly string[]) => (path.at(-1)?.toLowerCase() === 'merged' ? 'boolean' : undefined);
  return holds(condition, { lookup, type, events: [start.event], assumed: true }, nowhere) !== false;
}

/**
 * Whether what a usage does is said of the file that does it: a reusable workflow of the workspace. What a composite action or a script
 * does is said of the job that runs it.
 */
export function isJudgedElsewhere({ within, through, calledJob }: Usage, { workspace }: RuleContext): boolean {
  return within !== undefined && calledJob !== undefined && through !== undefined && workspace.text(through) !== undefined;
}
