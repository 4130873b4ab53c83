import type { Span } from '../text/span.ts';
import type { RepositorySettings } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { lifecycleOf } from './shared/lifecycleText.ts';
import { untaggedLeft } from './shared/untaggedLeft.ts';
import { insideOf, upkeepOf } from './shared/upkeepCalls.ts';

/** Each time a tag moves, the image before is left without one. */
export const ecrLifecycleUntaggedMissing: Rule = {
  id: 'ecr-lifecycle-untagged-missing',
  title: 'A lifecycle policy has no rule for the images that a moving tag leaves behind',
  severity: 'info',
  fixable: false,
  visit: {
    file(context) {
      for (const settings of upkeepOf('repositorySettings', context)) check(settings, context);
    },
  },
};

function check(settings: RepositorySettings, context: RuleContext): void {
  const given = lifecycleOf(settings);
  if (!given?.policy) return;
  const at = firstLine(settings.at, context);
  const problem = untaggedLeft(given.policy, settings.repository.template, at, context);
  if (problem && !isSaidAlready(context, at)) context.report({ ...problem, related: [...insideOf(settings), ...(problem.related ?? [])] });
}

/** Of a call with the policy in its words, the line with its name. */
function firstLine({ start, end }: Span, { text }: RuleContext): Span {
  const length = text.slice(start, end).search(/[\r\n]|$/);
  return { start, end: start + length };
}
