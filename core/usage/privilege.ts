import type { Job, Workflow } from '../workflow/model.ts';

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
export function privilegeOf(job: Job, workflow: Workflow, events: readonly string[], source: string): Privilege {
  if (events.some(event => privileged.has(event))) return 'full';
  const permissions = job.permissions ?? workflow.permissions;
  const readOnly = permissions !== undefined && permissions.all !== 'write' && ![...permissions.scopes.values()].includes('write');
  const secrets = /\bsecrets\s*(?:\.\s*(?!GITHUB_TOKEN\b)|\[)|secrets:\s*inherit/i.test(source.slice(job.span.start, job.span.end));
  return readOnly && !secrets ? 'little' : 'some';
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
