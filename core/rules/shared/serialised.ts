import { concurrenciesOf } from '../../usage/privilege.ts';
import type { Usage } from '../../usage/usage.ts';
import type { Concurrency, Job, Workflow } from '../../workflow/model.ts';
import type { TagWrite } from '../../workspace/tagFlow.ts';
import type { Problem, RuleContext } from '../rule.ts';

/** The `concurrency:` settings that hold for a usage, the narrowest first: of its job, of the workflow, and of the workflow that its job calls. */
export function concurrencyOf(usage: Usage, { usage: file, workspace }: RuleContext): readonly Concurrency[] {
  const callee = usage.within && usage.calledJob ? workspace.usage(usage.within.path)?.workflow : undefined;
  return [usage.calledJob?.concurrency, usage.job.concurrency, callee?.concurrency, file.workflow.concurrency].flatMap(
    found => found ?? [],
  );
}

/** The same for a write anywhere in the workspace, in the file `workflow`, with those of its callers. */
export function concurrencyOfWrite({ usage, call }: TagWrite, workflow: Workflow): readonly Concurrency[] {
  return concurrenciesOf(usage.job, { workflow, ...(call && { call }) });
}

/** Whether runs on one branch wait for each other in a group: one with the commit or the run in its name holds a single run. */
export function serialises({ group }: Concurrency): boolean {
  return group !== undefined && !/\bgithub\.(?:run_id|run_number|run_attempt|sha|event\.after)\b/i.test(group.value);
}

const asksForHead =
  /\bls-remote\b|\brev-parse\s+["']?(?:origin\/|FETCH_HEAD|refs\/remotes)|\/commits\/(?:\$|main|master|heads)|\/git\/(?:refs?|ref\/heads)\b|\/branches\/|branches\.get|git\.getRef|repos\.getBranch/;
const namesOwnCommit = /GITHUB_SHA|github\.sha|context\.sha|rev-parse\s+HEAD/i;

const answers = new WeakMap<Job, boolean>();

// Actions that wait for earlier runs, or for a lock that all runs of a repository share.
const waits = /uses:\s*["']?(?:softprops\/turnstyle|ahmadnassri\/action-workflow-queue|ben-z\/gh-action-mutex|github\/lock)@/;

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
    waits.test(source) ||
    /uses:\s*["']?(?:styfle\/cancel-workflow-action|fkirc\/skip-duplicate-actions)@/.test(source);
  answers.set(job, answer);
  return answer;
}

/**
 * A `concurrency:` of the job's own with this group, above its first key. None where a matrix makes several jobs of it: GitHub keeps one
 * of a group waiting, and would drop the others.
 */
export function serialise(job: Job, group: string, text: string): Problem['fix'] | undefined {
  if (job.concurrency || job.legs === undefined || job.legs.length > 1) return undefined;
  const at = job.span.start;
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const indent = text.slice(start, at);
  if (!/^ +$/.test(indent)) return undefined;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = ['concurrency:', `  group: ${group}`, '  cancel-in-progress: false', ''];
  return {
    title: 'Let runs of this job wait for each other',
    safe: false,
    edits: [{ span: { start: at, end: at }, text: lines.join(`${eol}${indent}`) }],
  };
}
