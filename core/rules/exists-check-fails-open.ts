import { runsAny } from '../usage/programs.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { failsOpen } from './shared/answer.ts';
import { askers, registryQuestion } from './shared/registryQuestion.ts';

/** "Is the tag there?" has three answers: yes, no, and nobody could tell. */
export const existsCheckFailsOpen: Rule = {
  id: 'exists-check-fails-open',
  title: 'An error counts as “the tag does not exist”',
  severity: 'warning',
  fixable: false,
  visit: {
    script(script, context) {
      if (!runsAny(script, askers)) return;
      for (const command of script.commands) {
        const question = registryQuestion(command);
        if (!question || !command.node || command.remote) continue;
        // A failure that ends the step is no answer, unless later steps ask how the step went.
        const open = command.failure === 'fatal' ? isStepTheQuestion(script, context) : failsOpen(command.node, script.script);
        if (!open) continue;
        if (tellsErrorsApart(script) || isSaidAlready(context, command.span)) continue;
        context.report({
          at: command.span,
          message:
            `\`${question.name}\` fails when the tag is not there, and just so when the login has run out, the registry throttles or the network is down. ` +
            'Here each of these counts as “not there”, and the tag is built again, overwritten or skipped. ' +
            'Look at the error: go on only where it says “not found”, and end the step on any other.',
        });
      }
    },
  },
};

const notFound = /not[ -]?found|manifest[ _]unknown|no such manifest|name[ _]unknown|\b404\b|http_code|http_status/i;

/** A line of the script, that prints nothing, names the error that means “not there”. */
function tellsErrorsApart({ script }: StepScript): boolean {
  const lines = script.slice(0, Number.MAX_SAFE_INTEGER).split('\n');
  return lines.some(
    line =>
      notFound.test(line) &&
      !/^\s*(?:#|echo\b|printf\b|echo\b)/.test(line) &&
      !/\b(?:echo|printf)\s+["'][^"']*$/.test(line.slice(0, line.search(notFound))),
  );
}

/** The step may fail, and later steps ask how it went. */
function isStepTheQuestion({ job, step }: StepScript, { text }: RuleContext): boolean {
  if (step.continueOnError?.value !== 'true' || !step.id) return false;
  return text.slice(job.span.start, job.span.end).includes(`steps.${step.id.value}.outcome`);
}
