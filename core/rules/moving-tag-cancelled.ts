import { display } from '../image/template.ts';
import { isTrueAt } from '../usage/conditionAt.ts';
import type { Start } from '../usage/starts.ts';
import { makesThrowawayCluster } from '../usage/throwaway.ts';
import type { Usage } from '../usage/usage.ts';
import type { Concurrency } from '../workflow/model.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { isByHand, isCopy, saysRelease } from './shared/promotion.ts';
import { pushedBy, pushedMobility } from './shared/pushed.ts';
import { concurrencyOf, serialises } from './shared/serialised.ts';

/** A run that is cancelled stops where it is: with half of the tags moved, or between a deployment and its check. */
export const movingTagCancelled: Rule = {
  id: 'moving-tag-cancelled',
  title: 'A newer run cancels one that is moving tags or deploying',
  severity: 'warning',
  fixable: true,
  visit: {
    file(context) {
      const { concurrency, jobs } = context.usage.workflow;
      if (![concurrency, ...jobs.map(job => job.concurrency)].some(own => own?.cancelInProgress)) return;
      for (const usage of context.usage.sequence) {
        if (usage.kind !== 'deploy' && usage.kind !== 'restart') continue;
        if (makesThrowawayCluster(usage.calledJob ?? usage.job)) continue;
        check(usage, usage.starts, 'a deployment may be cut off between the change and the look whether it came up', context);
      }
      for (const pushed of pushedBy(context.usage)) {
        const starts = pushed.starts.filter(start => pushedMobility(pushed, start) === 'moving');
        const tag = pushed.forms[0]?.parts.tag;
        const name = tag ? display(tag.value) : 'latest';
        if (isCopy(pushed, context.usage))
          check(pushed.usage, starts, `\`${name}\` may be moved while the tags that belong with it are not`, context);
        else
          check(
            pushed.usage,
            starts,
            `\`${name}\` and its sisters may be left half moved, and the run that cancelled this one is for another branch or tag`,
            context,
            true,
          );
      }
      checkReleases(context);
    },
  },
};

/**
 * Runs by hand whose inputs choose a release: the run that cancels one is for something else. What they write may be done by an action
 * that nobody knows, to which the job hands an image's name.
 */
function checkReleases(context: RuleContext): void {
  const { workflow, sequence } = context.usage;
  if (!workflow.inputEvents.has('workflow_dispatch')) return;
  const asks = [...workflow.inputs.values()].some(({ name, options }) => [name, ...options].some(saysRelease));
  if (!asks) return;
  const writer = sequence.find(usage => isByHandAlone(usage, context) && writesImages(usage));
  if (!writer) return;
  const starts = writer.starts.filter(({ event }) => event === 'workflow_dispatch');
  const harm = 'a release that somebody started by hand may be left half done, and the run that cancelled it does not do the rest';
  check(writer, starts, harm, context);
}

/** Its group does not tell one hand-started run from another, nor from the others on its branch. */
function isByHandAlone(usage: Usage, context: RuleContext): boolean {
  const groups = concurrencyOf(usage, context).filter(({ cancelInProgress }) => cancelInProgress);
  return usage.starts.some(isByHand) && groups.length > 0 && !groups.some(({ group }) => tellsRuns.test(group?.value ?? ''));
}

function writesImages(usage: Usage): boolean {
  if (usage.kind === 'build') return usage.pushes !== false && !usage.byDigest;
  if (usage.kind === 'push' || usage.kind === 'retag') return true;
  if (usage.kind !== 'opaque' || usage.what !== 'action' || !/build|push|publish|release|promote/i.test(usage.name)) return false;
  return [...(usage.step.with?.entries.keys() ?? [])].some(key => /\b(?:images?|registry|dockerhub)\b/i.test(key.replaceAll('_', '-')));
}

/** Reports the setting that lets a newer run cancel this; with `onlyMixed` only where the newer run may be for something else. */
function check(usage: Usage, starts: readonly Start[], harm: string, context: RuleContext, onlyMixed = false): void {
  const meant = starts.filter(({ on, event, seldom }) => on !== 'pullRequest' && !/^(?:pull_request|issue_comment)/.test(event) && !seldom);
  const concurrency = concurrencyOf(usage, context).find(({ cancelInProgress }) => cancelInProgress);
  const setting = concurrency?.cancelInProgress;
  if (!concurrency || !setting || setting.span.end > context.text.length || !isOwn(concurrency, usage, context)) return;
  // With the run in the group's name no other run is in it: of pull requests only, whose number stands before the `||`.
  if (concurrency.group && !serialises(concurrency)) return;
  if (!meant.some(start => isTrueAt(setting, start) === true)) return;
  if (onlyMixed && !mixes(concurrency, meant)) return;
  if (isSaidAlready(context, setting.span)) return;
  const fix = fixOf(concurrency);
  context.report({
    at: setting.span,
    message: `A newer run stops this one wherever it stands: ${harm}. Let runs wait for each other with \`cancel-in-progress: false\`.`,
    related: usage.within ? [{ ...usage.within, message: 'It happens here.' }] : [{ span: usage.at, message: 'It happens here.' }],
    ...(fix && { fix }),
  });
}

/** Written in the file that is checked. */
function isOwn(concurrency: Concurrency, { job }: Usage, { usage }: RuleContext): boolean {
  return concurrency === job.concurrency || concurrency === usage.workflow.concurrency;
}

const tellsRuns = /\b(?:github\.(?:run_id|run_number|sha|event_name|event\.inputs)|inputs\.|env\.|vars\.|needs\.)/;
const tellsRefs =
  /\b(?:github\.(?:ref|ref_name|head_ref|sha|run_id|run_number|event\.(?:number|pull_request|release|workflow_run|inputs))|inputs\.|matrix\.|needs\.|env\.|vars\.)/;

/** One group for runs on several branches or tags: a run for one of them cancels that of another, and does not do its work. */
function mixes({ group }: Concurrency, starts: readonly Start[]): boolean {
  if (!group || tellsRefs.test(group.value)) return false;
  const branches = starts.filter(({ on, event }) => on === 'branch' && event === 'push');
  const several = branches.some(({ names }) => !names || names.length > 1 || names.some(name => /[*?+[\]!]/.test(name)));
  return several || new Set(starts.map(({ on }) => on)).size > 1;
}

function fixOf({ cancelInProgress }: Concurrency): Problem['fix'] | undefined {
  if (cancelInProgress?.style !== 'PLAIN' || !/^true$/i.test(cancelInProgress.value)) return undefined;
  return { title: 'Let runs wait for each other', safe: true, edits: [{ span: cancelInProgress.span, text: 'false' }] };
}
