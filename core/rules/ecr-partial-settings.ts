import { match } from '../image/match.ts';
import { display } from '../image/template.ts';
import type { RepositorySettings } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { because, hiddenCommand, isOutcomeRead } from './shared/hiddenFailure.ts';
import { insideOf, upkeepOf } from './shared/upkeepCalls.ts';

/** Settings of a repository are several calls: one that fails unseen leaves it half set up. */
export const ecrPartialSettings: Rule = {
  id: 'ecr-partial-settings',
  title: 'A repository may be left with its tags frozen and without its lifecycle policy',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      for (const settings of upkeepOf('repositorySettings', context)) check(settings, context);
    },
  },
};

function check(settings: RepositorySettings, context: RuleContext): void {
  if (!settings.lifecyclePolicy || settings.failure !== 'ignored') return;
  const before = mutabilityBefore(settings, context);
  if (!before || isAskedFor(settings, context)) return;
  const command = hiddenCommand(settings, context);
  const goesOn = command ? undefined : settings.step.continueOnError;
  const inScript = settings.within !== undefined && !command && !goesOn;
  if (!command && !inScript && (goesOn?.value !== 'true' || isOutcomeRead(settings.job, settings.step, context))) return;
  const at = goesOn?.span ?? settings.at;
  if (isSaidAlready(context, at)) return;
  context.report({
    at,
    message: message(
      settings,
      command ? because(command) : inScript ? 'the script goes on after it' : '`continue-on-error` lets the step fail',
    ),
    related: [...insideOf(settings), { ...(before.within ?? { span: before.at }), message: 'Its tags are set here.' }],
  });
}

function message({ repository }: RepositorySettings, why: string): string {
  return `When this call fails, the job goes on and stays green: ${why}. \`${display(repository.template)}\` has its tags set then and no lifecycle policy, or the old one, and nobody knows before its images pile up or are gone. Let the call end the step, try again, or read the policy back (\`get-lifecycle-policy\`).`;
}

/** The call of the same job that set the repository's tags before. */
function mutabilityBefore(settings: RepositorySettings, { usage: { sequence } }: RuleContext): RepositorySettings | undefined {
  return sequence
    .slice(0, sequence.indexOf(settings))
    .findLast(
      (other): other is RepositorySettings =>
        other.kind === 'repositorySettings' &&
        other.mutability !== undefined &&
        other.job === settings.job &&
        match(other.repository.template, settings.repository.template, 'job') === 'same',
    );
}

/** A later command of the job reads the policy back. */
function isAskedFor({ job, at }: RepositorySettings, { usage: { scripts } }: RuleContext): boolean {
  return scripts.some(
    ({ job: other, commands }) =>
      other === job &&
      commands.some(
        ({ words, span }) =>
          span.start > at.start &&
          /\bget-lifecycle-policy\b/.test(
            words
              .slice(0, 8)
              .map(({ template }) => display(template))
              .join(' '),
          ),
      ),
  );
}
