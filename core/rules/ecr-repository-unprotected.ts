import { match } from '../image/match.ts';
import { display, literal } from '../image/template.ts';
import type { RepositorySettings } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { lifecycleOf } from './shared/lifecycleText.ts';
import { settingsOf } from './shared/repositorySettings.ts';
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
    },
  },
};

/** What the call leaves out and no other call makes up for. */
function checkCreated(settings: RepositorySettings, context: RuleContext): void {
  const all = [settings, ...settingsOf(settings.repository.template, context).map(({ usage }) => usage), ...besides(settings, context)];
  const missing = [
    ...(all.some(isFrozen) ? [] : ['any push may put another image under a tag that is deployed (its tags are mutable)']),
    ...(all.some(({ lifecyclePolicy }) => lifecyclePolicy)
      ? []
      : ['images that no tag names any more are kept and paid for (it has no lifecycle policy)']),
    ...(all.some(({ scanOnPush }) => scanOnPush !== undefined)
      ? []
      : ['images are scanned only where the registry is set to (no scan setting)']),
  ];
  if (missing.length === 0 || isSaidAlready(context, settings.at)) return;
  context.report({
    at: settings.at,
    message: `In \`${display(settings.repository.template)}\`, as it is created here, ${sentence(missing)}.`,
    related: insideOf(settings),
  });
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
