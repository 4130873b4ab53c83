import type { ShellCommand } from '../../shell/command.ts';
import type { Usage } from '../../usage/usage.ts';
import type { Job, Step } from '../../workflow/model.ts';
import type { RuleContext } from '../rule.ts';

/** The command of the usage's own script whose failure is not seen. */
export function hiddenCommand(usage: Usage, { usage: { scripts } }: RuleContext): ShellCommand | undefined {
  const script = scripts.find(({ step }) => step === usage.step);
  return script?.commands.find(
    ({ failure, hiddenBy, span }) =>
      failure === 'ignored' && hiddenBy !== 'announced' && span.start <= usage.at.start && span.end >= usage.at.end,
  );
}

/** Why nobody sees it, after a colon. */
export function because({ hiddenBy, loops }: ShellCommand): string {
  switch (hiddenBy) {
    case 'or':
      return 'the command behind `||` takes the failure away';
    case 'lost':
      return 'the variable that is set behind `||` is gone with the shell or the `$(…)` that sets it';
    case 'pipe':
      return 'without `pipefail` only the last command of a pipe decides';
    case 'background':
      return 'nothing waits for the status of what runs in the background';
    case 'value':
      return 'the status of a `$(…)` in another command’s words is lost';
    case 'options':
      return loops > 0 ? 'without `-e` the loop goes on after a failure' : 'without `-e` the script goes on after a failure';
    default:
      return '`-e` does not work in what a condition or the left of `&&` and `||` runs, so the commands after it decide';
  }
}

/** Something asks how a step that may fail went: `steps.push.outcome`. */
export function isOutcomeRead({ span }: Job, { id }: Step, { text }: RuleContext): boolean {
  const job = text.slice(span.start, span.end);
  return id !== undefined && [`steps.${id.value}.outcome`, `steps.${id.value}.conclusion`].some(read => job.includes(read));
}
