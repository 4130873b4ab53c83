import { literal } from '../image/template.ts';
import { runsAny } from '../usage/programs.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import type { Step } from '../workflow/model.ts';
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
        const open =
          command.failure === 'fatal' ? isStepTheQuestion(script, context) : failsOpen(command.node, script.script) && !onlyTalks(script);
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

/** Commands that look or say, and leave nothing behind. */
const talk: ReadonlySet<string> = new Set(
  '[ [[ : true false test echo printf grep egrep head tail sort uniq wc cut tr awk jq cat date sleep read local declare continue break set'.split(
    ' ',
  ),
);

/** Whatever the answer is, the script only speaks of it: it ends as it would anyway, and nothing is left for other steps. */
function onlyTalks({ commands, writes }: StepScript): boolean {
  if (writes.some(({ sink }) => sink !== 'summary')) return false;
  return commands.every(command => {
    if (command.isFunction || command.words.length === 0 || registryQuestion(command)) return true;
    return talk.has(literal(command.words[0]?.template ?? []) ?? '') && command.stdout !== 'file';
  });
}

/** The step may fail, and later steps ask how it went; where one of them fails for it, the error ends the job after all. */
function isStepTheQuestion({ job, step }: StepScript, { text }: RuleContext): boolean {
  if (step.continueOnError?.value !== 'true' || !step.id) return false;
  const outcome = `steps.${step.id.value}.outcome`;
  if (!text.slice(job.span.start, job.span.end).includes(outcome)) return false;
  return !job.steps.some(other => other.if?.value.includes(outcome) && isOnFailure(other.if.value) && alwaysFails(other));
}

function isOnFailure(condition: string): boolean {
  return /\.outcome\s*(?:==\s*'failure'|!=\s*'success')/.test(condition) && !condition.includes('||');
}

/** Its script ends with a failure: `exit 1` in its last line, or a call that fails an actions/github-script. */
function alwaysFails({ run, with: inputs }: Step): boolean {
  const lines = run?.value.trimEnd().split('\n') ?? [];
  if (/^\s*(?:exit\s+[1-9]|false\s*$)/.test(lines.at(-1) ?? '')) return true;
  const script = inputs?.entries.get('script')?.value.value ?? '';
  return script.split('\n').some(line => line.startsWith('core.setFailed(') || line.startsWith('throw '));
}
