import { githubValue } from '../expression/contexts.ts';
import { hole, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';

/** The runner's own variables and the context each of them copies. Source: GitHub's "Default environment variables". */
const copies: ReadonlyMap<string, string> = new Map([
  ['GITHUB_SHA', 'sha'],
  ['GITHUB_REF', 'ref'],
  ['GITHUB_REF_NAME', 'ref_name'],
  ['GITHUB_REF_TYPE', 'ref_type'],
  ['GITHUB_HEAD_REF', 'head_ref'],
  ['GITHUB_BASE_REF', 'base_ref'],
  ['GITHUB_ACTOR', 'actor'],
  ['GITHUB_TRIGGERING_ACTOR', 'triggering_actor'],
  ['GITHUB_REPOSITORY', 'repository'],
  ['GITHUB_REPOSITORY_OWNER', 'repository_owner'],
  ['GITHUB_RUN_ID', 'run_id'],
  ['GITHUB_RUN_NUMBER', 'run_number'],
  ['GITHUB_RUN_ATTEMPT', 'run_attempt'],
  ['GITHUB_EVENT_NAME', 'event_name'],
  ['GITHUB_WORKFLOW', 'workflow'],
  ['GITHUB_JOB', 'job'],
  ['GITHUB_SERVER_URL', 'server_url'],
  ['GITHUB_WORKSPACE', 'workspace'],
]);

/** A variable that every step has, or `undefined`. */
export function runnerVariable(name: string, at: Span): Template | undefined {
  const leaf = copies.get(name);
  if (!leaf) return undefined;
  const { shape, author, events } = githubValue([leaf]);
  return hole(`github.${leaf}`, shape, at, author, events);
}
