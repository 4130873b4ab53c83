import type { Concurrency, Job, Permissions, Step } from '../workflow/model.ts';
import type { WorkflowUsage } from './analyze.ts';
import type { Call } from './call.ts';

/** Events whose runs have the repository's own token and secrets although a stranger may start them or fill their text. */
const privileged: ReadonlySet<string> = new Set([
  'pull_request_target',
  'workflow_run',
  'issue_comment',
  'issues',
  'discussion',
  'discussion_comment',
  'commit_comment',
  'gollum',
  'fork',
  'watch',
]);

/** What an attacker gains in a job: `full` with the repository's token and secrets, `some` in runs that may have them, `little` with read-only rights. */
export type Privilege = 'full' | 'some' | 'little';

/** Weighs a job by the events that reach it, its permissions and the secrets in its text (`source` is the workflow's). */
export function privilegeOf(
  job: Job,
  usage: Pick<WorkflowUsage, 'workflow' | 'call'>,
  events: readonly string[],
  source: string,
): Privilege {
  if (events.some(event => privileged.has(event))) return 'full';
  const permissions = permissionsOf(job, usage);
  const readOnly = permissions !== undefined && permissions.all !== 'write' && ![...permissions.scopes.values()].includes('write');
  const secrets = /\bsecrets\s*(?:\.\s*(?!GITHUB_TOKEN\b)|\[)|secrets:\s*inherit/i.test(source.slice(job.span.start, job.span.end));
  return readOnly && !secrets ? 'little' : 'some';
}

/** The conditions under which a step runs: its own, its job's, and those of the callers. */
export function conditionsOf(job: Job, step: Step, { call }: Pick<WorkflowUsage, 'call'>): readonly string[] {
  const found = [job.if, step.if];
  for (let outer = call; outer; outer = outer.outer) found.push(outer.job.if, outer.step.if);
  return found.flatMap(condition => condition?.value ?? []);
}

/** Whether a condition lets only pull requests from the repository itself through, whose authors can push to it. */
export function onlyOwnPullRequests(condition: string): boolean {
  if (condition.includes('||')) return false;
  return (
    /head\.repo\.full_name\s*==\s*github\.repository\b|github\.repository\s*==\s*github\.event\.pull_request\.head\.repo\.full_name/.test(
      condition,
    ) || /!\s*github\.event\.pull_request\.head\.repo\.fork\b|head\.repo\.fork\s*(?:==\s*false|!=\s*true)/.test(condition)
  );
}

/** What the token of a job may do, as far as it is written: where a called file says nothing its caller's holds. `undefined` is the repository's setting. */
export function permissionsOf(job: Job, { workflow, call }: Pick<WorkflowUsage, 'workflow' | 'call'>): Permissions | undefined {
  return job.permissions ?? workflow.permissions ?? callersPermissions(call);
}

/** What a caller's token may do, which a called file cannot exceed. */
export function callersPermissions(call: Call | undefined): Permissions | undefined {
  return call && (call.job.permissions ?? call.caller.permissions ?? callersPermissions(call.outer));
}

/** Every `concurrency` that holds a job back: its own, its workflow's, and those of the callers. */
export function concurrenciesOf(job: Job, { workflow, call }: Pick<WorkflowUsage, 'workflow' | 'call'>): readonly Concurrency[] {
  const found: (Concurrency | undefined)[] = [job.concurrency, workflow.concurrency];
  for (let outer = call; outer; outer = outer.outer) found.push(outer.job.concurrency, outer.caller.concurrency);
  return found.filter(concurrency => concurrency !== undefined);
}
