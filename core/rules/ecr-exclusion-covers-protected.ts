import { filterProblem, maximumFilters } from '../ecrPolicy/exclusions.ts';
import { patternCertainty } from '../ecrPolicy/wildcard.ts';
import { display, literal, type Template } from '../image/template.ts';
import type { RepositorySettings } from '../usage/usage.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { formMobility } from './shared/pushed.ts';
import { writesAt } from './shared/repositorySettings.ts';
import { insideOf, upkeepOf } from './shared/upkeepCalls.ts';

/** An exclusion is meant for the few tags that move; one that takes in the versions lets them be overwritten. */
export const ecrExclusionCoversProtected: Rule = {
  id: 'ecr-exclusion-covers-protected',
  title: 'An exclusion filter lets tags be overwritten that name one build, or is none that Amazon ECR takes',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      for (const settings of upkeepOf('repositorySettings', context)) check(settings, context);
    },
  },
};

function check(settings: RepositorySettings, context: RuleContext): void {
  if (!settings.mutability) return;
  checkForm(settings, context);
  if (literal(settings.mutability) === 'IMMUTABLE_WITH_EXCLUSION')
    for (const filter of settings.exclusions) checkFilter(filter, settings, context);
}

const refused = 'Amazon ECR refuses the call with `InvalidParameterException`, and the repository stays as it was.';

/** What the API refuses. */
function checkForm({ mutability = [], exclusions, at }: RepositorySettings, context: RuleContext): void {
  const set = literal(mutability);
  if (set !== undefined && exclusions.length > 0 && !set.endsWith('_WITH_EXCLUSION') && /^(?:IM)?MUTABLE$/.test(set)) {
    const [first] = exclusions;
    if (first && !isSaidAlready(context, first.span))
      context.report({ at: first.span, message: `Filters go with \`${set}_WITH_EXCLUSION\` alone, not with \`${set}\`. ${refused}` });
  }
  if (set?.endsWith('_WITH_EXCLUSION') && exclusions.length === 0 && !isSaidAlready(context, at))
    context.report({ at, message: `\`${set}\` needs at least one filter (\`--image-tag-mutability-exclusion-filters\`). ${refused}` });
  const [over] = exclusions.slice(maximumFilters);
  if (over && !isSaidAlready(context, over.span))
    context.report({
      at: over.span,
      message: `These are ${exclusions.length} filters, and a repository has at most ${maximumFilters}. ${refused}`,
    });
  for (const { template, span } of exclusions) {
    const filter = literal(template);
    const problem = filter === undefined ? undefined : filterProblem(filter);
    if (problem !== undefined && !isSaidAlready(context, span))
      context.report({ at: span, message: `The filter \`${filter}\` ${problem}. ${refused}` });
  }
}

function checkFilter(
  { template, span }: RepositorySettings['exclusions'][number],
  settings: RepositorySettings,
  context: RuleContext,
): void {
  const filter = literal(template);
  if (filter === undefined || filterProblem(filter) !== undefined || isSaidAlready(context, span)) return;
  const all = /^\*+$/.test(filter);
  const covered = writesAt(settings.repository.template, context).find(
    write => isLasting(write) && patternCertainty(filter, tagOf(write)) === 'surely',
  );
  if (!covered && !all) return;
  const name = display(settings.repository.template);
  const harm = covered
    ? `\`${filter}\` lets \`${display(tagOf(covered))}\` be overwritten in \`${name}\`, which names one build: what was tested under it need not be what is deployed from it.`
    : `\`${filter}\` excludes every tag of \`${name}\` from being immutable: nothing in the repository is protected any more.`;
  context.report({
    at: span,
    message: `${harm} Exclude only the tags that move, one by one.`,
    related: [...insideOf(settings), ...(covered ? [{ ...covered.place, message: 'The tag is written here.' }] : [])],
  });
}

/** Tags of builds that nobody relies on. */
const passing = /^(?:pr|pull|mr|preview|dev|develop|test|snapshot|nightly|tmp|temp|ci|cache)(?:$|[-_.])/i;

/** Pushed once, under a name that says which build it is, and for others than the pull request that is built. */
function isLasting(write: TagWrite): boolean {
  const starts = write.usage.starts.filter(({ on, event }) => on !== 'pullRequest' && event !== 'pull_request_target');
  const [first] = tagOf(write);
  if (first?.kind === 'text' && passing.test(first.text)) return false;
  return starts.length > 0 && starts.every(start => formMobility(write, start) === 'immutable');
}

function tagOf({ parts }: TagWrite): Template {
  return parts.tag?.value ?? [];
}
