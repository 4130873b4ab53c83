import type { Usage } from '../usage/usage.ts';
import type { Concurrency, Job, Workflow } from '../workflow/model.ts';
import type { RuleContext } from './rule.ts';

/** The `concurrency:` settings that hold for a usage, the narrowest first: of its job, of the workflow, and of the workflow that its job calls. */
export function concurrencyOf(usage: Usage, { usage: file, workspace }: RuleContext): readonly Concurrency[] {
  const callee = usage.within && usage.calledJob ? workspace.usage(usage.within.path)?.workflow : undefined;
  return [usage.calledJob?.concurrency, usage.job.concurrency, callee?.concurrency, file.workflow.concurrency].flatMap(
    found => found ?? [],
  );
}

/** Whether runs on one branch wait for each other in a group: one with the commit or the run in its name holds a single run. */
export function serialises({ group }: Concurrency): boolean {
  return group !== undefined && !/\bgithub\.(?:run_id|run_number|run_attempt|sha|event\.after)\b/i.test(group.value);
}

const asksForHead =
  /\bls-remote\b|\brev-parse\s+["']?(?:origin\/|FETCH_HEAD|refs\/remotes)|\/commits\/(?:\$|main|master|heads)|\/git\/(?:refs?|ref\/heads)\b|\/branches\/|branches\.get|git\.getRef|repos\.getBranch/;
const namesOwnCommit = /GITHUB_SHA|github\.sha|context\.sha|rev-parse\s+HEAD/i;

const answers = new WeakMap<Job, boolean>();

/** Whether the job, or one that it needs, asks if its commit is still the newest of its branch, or leaves the field to a newer run. */
export function givesWay(job: Job, text: string, { jobs }: Workflow): boolean {
  const needed = new Set(job.needs.map(({ value }) => value));
  return jobs.some(other => (other === job || needed.has(other.id.value)) && asks(other, text));
}

function asks(job: Job, text: string): boolean {
  const before = answers.get(job);
  if (before !== undefined) return before;
  const source = text.slice(job.span.start, job.span.end);
  const answer =
    (asksForHead.test(source) && namesOwnCommit.test(source)) ||
    /uses:\s*["']?(?:styfle\/cancel-workflow-action|fkirc\/skip-duplicate-actions)@/.test(source);
  answers.set(job, answer);
  return answer;
}
