import type { Usage } from '../usage/usage.ts';
import type { Concurrency, Workflow } from '../workflow/model.ts';
import type { RuleContext } from './rule.ts';

/** The `concurrency:` settings that hold for a usage, the narrowest first: of its job, of the workflow, and of the workflow that its job calls. */
export function concurrencyOf(usage: Usage, { usage: file, workspace }: RuleContext): readonly Concurrency[] {
  const callee = usage.within && usage.calledJob ? workspace.usage(usage.within.path)?.workflow : undefined;
  return [usage.calledJob?.concurrency, usage.job.concurrency, callee?.concurrency, file.workflow.concurrency].flatMap(
    found => found ?? [],
  );
}

const asksForHead =
  /\bls-remote\b|\brev-parse\s+["']?(?:origin\/|FETCH_HEAD|refs\/remotes)|\/commits\/(?:\$|main|master|heads)|\/git\/(?:refs?|ref\/heads)\b|\/branches\/|branches\.get|git\.getRef|repos\.getBranch/;
const namesOwnCommit = /GITHUB_SHA|github\.sha|context\.sha|rev-parse\s+HEAD/i;

/** Whether the job asks if its commit is still the newest of its branch, or leaves the field to a newer run. */
export function givesWay({ job, calledJob }: Usage, text: string, { jobs }: Workflow): boolean {
  const needed = new Set([...job.needs.map(({ value }) => value), ...(calledJob ? [calledJob.id.value] : [])]);
  return jobs.some(other => {
    if (other !== job && !needed.has(other.id.value)) return false;
    const source = text.slice(other.span.start, other.span.end);
    return (
      (asksForHead.test(source) && namesOwnCommit.test(source)) ||
      /uses:\s*["']?(?:styfle\/cancel-workflow-action|fkirc\/skip-duplicate-actions)@/.test(source)
    );
  });
}
