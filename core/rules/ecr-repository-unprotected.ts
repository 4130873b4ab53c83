import { match } from '../image/match.ts';
import { display, literal } from '../image/template.ts';
import type { RepositorySettings } from '../usage/usage.ts';
import type { Step } from '../workflow/model.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { lifecycleOf } from './shared/lifecycleText.ts';
import { settingsOf } from './shared/repositorySettings.ts';
import { createdBySdk, mayCreate, type SdkRepository } from './shared/sdkRepositories.ts';
import { insideOf, upkeepOf } from './shared/upkeepCalls.ts';

/** What `create-repository` leaves out stays as it is for years. */
export const ecrRepositoryUnprotected: Rule = {
  id: 'ecr-repository-unprotected',
  title: 'A repository is created whose tags anybody may overwrite, or that keeps everything, or scans nothing',
  severity: 'info',
  fixable: false,
  visit: {
    file(context) {
      for (const settings of upkeepOf('repositorySettings', context)) {
        checkPolicy(settings, context);
        if (settings.creates) checkCreated(settings, context);
      }
      if (!mayCreate(context.text)) return;
      for (const { steps } of context.usage.workflow.jobs) for (const step of steps) checkProgram(step, context);
    },
  },
};

/** What the call leaves out and no other call makes up for. */
function checkCreated(settings: RepositorySettings, context: RuleContext): void {
  const all = [settings, ...settingsOf(settings.repository.template, context).map(({ usage }) => usage), ...besides(settings, context)];
  const missing = missingOf({
    freezesTags: all.some(isFrozen),
    hasLifecycle: all.some(({ lifecyclePolicy }) => lifecyclePolicy !== undefined),
    scans: all.some(({ scanOnPush }) => scanOnPush !== undefined),
  });
  if (missing.length === 0 || isSaidAlready(context, settings.at)) return;
  context.report({
    at: settings.at,
    message: `In \`${display(settings.repository.template)}\`, as it is created here, ${sentence(missing)}.`,
    related: insideOf(settings),
  });
}

function missingOf({ freezesTags, hasLifecycle, scans }: Pick<SdkRepository, 'freezesTags' | 'hasLifecycle' | 'scans'>): readonly string[] {
  return [
    ...(freezesTags ? [] : ['any push may put another image under a tag that is deployed (its tags are mutable)']),
    ...(hasLifecycle ? [] : ['images that no tag names any more are kept and paid for (it has no lifecycle policy)']),
    ...(scans ? [] : ['images are scanned only where the registry is set to (no scan setting)']),
  ];
}

/** The same for a call in a program, of which only the names of its calls are known. */
function checkProgram(step: Step, context: RuleContext): void {
  for (const created of createdBySdk(step)) {
    const missing = missingOf(created);
    if (missing.length === 0 || isSaidAlready(context, created.at)) continue;
    context.report({ at: created.at, message: `In the repository, as it is created here, ${sentence(missing)}.` });
  }
}

/** A policy that Amazon ECR does not take protects nothing. */
function checkPolicy(settings: RepositorySettings, context: RuleContext): void {
  const read = lifecycleOf(settings);
  const [problem] = read?.problems ?? [];
  if (!read || !problem || isSaidAlready(context, problem.span)) return;
  context.report({
    at: problem.span,
    severity: 'warning',
    message: `Amazon ECR refuses this lifecycle policy, and the repository stays without it: ${problem.message}`,
    related: [...insideOf(settings), ...(problem.inFile ? [{ ...problem.inFile, message: 'It stands here.' }] : [])],
  });
}

/** Of a name that is made anew in each turn of a loop, the calls around this one. */
function besides({ repository, step }: RepositorySettings, { usage: { sequence } }: RuleContext): readonly RepositorySettings[] {
  return sequence.filter(
    (other): other is RepositorySettings =>
      other.kind === 'repositorySettings' &&
      other.step === step &&
      (display(other.repository.template) === display(repository.template) ||
        match(other.repository.template, repository.template, 'job') === 'same'),
  );
}

function isFrozen({ mutability }: RepositorySettings): boolean {
  if (!mutability) return false;
  const set = literal(mutability);
  return set === undefined || set !== 'MUTABLE';
}

function sentence(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;
}
