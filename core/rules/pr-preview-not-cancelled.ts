import { isTrueAt } from '../usage/conditionAt.ts';
import type { Start } from '../usage/starts.ts';
import type { Build } from '../usage/usage.ts';
import { placeAbove } from '../workflow/inputEdit.ts';
import type { Concurrency, Job } from '../workflow/model.ts';
import type { Problem, Rule, RuleContext } from './rule.ts';
import { hasPullRequestRuns, openRequestStarts } from './shared/pullRequests.ts';
import { concurrencyOf, givesWay } from './shared/serialised.ts';

/** A build of what has been replaced by a newer push takes a runner for nothing, and may end last. */
export const prPreviewNotCancelled: Rule = {
  id: 'pr-preview-not-cancelled',
  title: 'A pull request’s build goes on after a newer push',
  severity: 'hint',
  fixable: true,
  visit: {
    file(context) {
      const { usage: file } = context;
      // What callers start is held back by them, and said of them.
      if (file.workflow.kind === 'action' || file.call || !hasPullRequestRuns(file)) return;
      const jobs = new Map<Job, readonly [Build, readonly Start[]]>();
      for (const usage of file.sequence) {
        if (usage.kind !== 'build' || jobs.has(usage.job)) continue;
        const starts = openRequestStarts(usage, file).filter(followsPushes);
        if (starts.length > 0) jobs.set(usage.job, [usage, starts]);
      }
      for (const [job, [build, starts]] of jobs) {
        const all = concurrencyOf(build, context);
        if (all.some(one => mayCancel(one, starts)) || givesWay(job, context.text, file.workflow)) continue;
        tell(build, all, starts, context);
        // One group for the workflow is enough for all of its jobs.
        return;
      }
    },
  },
};

/** Each push to the pull request starts another run. */
function followsPushes({ types }: Start): boolean {
  return types === undefined || types.includes('synchronize');
}

// What is another for each pull request: its number, its branch, its reference.
const keyed =
  /\bgithub\.(?:ref|ref_name|head_ref|event\.number|event\.pull_request\.(?:number|id|head\.(?:ref|label)|html_url|url|node_id)|event\.issue\.number)\b/i;

/** Whether a newer run for the same pull request takes the place of this one, or nobody can tell. */
function mayCancel({ group, cancelInProgress }: Concurrency, starts: readonly Start[]): boolean {
  if (!group || !cancelInProgress || starts.every(start => isTrueAt(cancelInProgress, start) === false)) return false;
  return isKeyed(group.value, starts);
}

function isKeyed(group: string, starts: readonly Start[]): boolean {
  // With the rights of the base branch `github.ref` is that branch, the same for every pull request.
  const known = starts.every(({ on }) => on === 'branch') ? group.replace(/\bgithub\.(?:ref|ref_name)\b/g, '') : group;
  return keyed.test(known) || /\b(?:inputs|env|vars|needs|steps)\./.test(group);
}

function tell({ job, ...build }: Build, all: readonly Concurrency[], starts: readonly Start[], context: RuleContext): void {
  const isPushed = build.pushes !== false && (build.pushStarts ?? starts).some(start => starts.includes(start));
  const [own] = all.filter(one => one === job.concurrency || one === context.usage.workflow.concurrency);
  const group = own?.group;
  const shared = group && own.cancelInProgress && !isKeyed(group.value, starts);
  const waits = group && !shared && isKeyed(group.value, starts);
  const fix = waits ? cancelOlder(own, starts, context) : addGroup(context);
  context.report({
    at: shared ? group.span : (own?.cancelInProgress?.span ?? group?.span ?? job.id.span),
    message: shared
      ? 'This group is one for all pull requests: a push to one of them stops the build of another. Put the number in it, `${{ github.event.pull_request.number }}`.'
      : `After a newer push to the pull request the older build ${waits ? 'goes on, and the newer one waits for it' : 'goes on beside the newer one'}: ` +
        `it takes a runner for an image that nobody needs${isPushed && !waits ? ', and where it ends last, the preview is the older one' : ''}. ` +
        'A `concurrency` group with the pull request’s number and `cancel-in-progress: true` stops it.',
    ...(fix && { fix }),
  });
}

/** A group of the workflow's own, in which only runs of one pull request meet. None where it or a job has one already. */
function addGroup({ usage: { workflow }, text }: RuleContext): Problem['fix'] | undefined {
  const [first] = workflow.jobs;
  if (!first || workflow.concurrency || workflow.jobs.some(job => job.concurrency)) return undefined;
  const key = /^jobs[ \t]*:/m.exec(text);
  const at = key && placeAbove(text, key.index);
  if (at === undefined || at === null || (key && key.index > first.span.start)) return undefined;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = [
    'concurrency:',
    '  group: ${{ github.workflow }}-${{ github.event.pull_request.number || github.run_id }}',
    '  cancel-in-progress: true',
    '',
    '',
  ];
  const edits = [{ span: { start: at, end: at }, text: lines.join(eol) }];
  return { title: 'Let a newer push to the pull request cancel the run', safe: true, edits };
}

/** Suggests the other answer where a group of one pull request says that runs wait. */
function cancelOlder(own: Concurrency, starts: readonly Start[], { usage: { workflow } }: RuleContext): Problem['fix'] | undefined {
  const setting = own.cancelInProgress;
  const [event] = new Set(starts.map(start => start.event));
  if (setting?.style !== 'PLAIN' || setting.value !== 'false' || event === undefined || starts.some(start => start.event !== event))
    return undefined;
  const text = workflow.triggers.every(trigger => trigger.event === event) ? 'true' : `\${{ github.event_name == '${event}' }}`;
  return { title: 'Cancel the older run of the pull request', safe: false, edits: [{ span: setting.span, text }] };
}
