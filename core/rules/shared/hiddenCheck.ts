import type { ShellCommand } from '../../shell/command.ts';
import type { Verify } from '../../usage/usage.ts';
import type { RuleContext } from '../rule.ts';

/** The command of a check whose failure the command behind its `||` takes away: `cosign verify … || true`. */
export function hiddenCheck(verify: Verify, { usage: { scripts } }: RuleContext): ShellCommand | undefined {
  if (verify.failure !== 'ignored') return undefined;
  const script = scripts.find(({ step }) => step === verify.step);
  return script?.commands.find(
    ({ failure, hiddenBy, span }) =>
      failure === 'ignored' &&
      (hiddenBy === 'or' || hiddenBy === 'announced' || hiddenBy === 'lost') &&
      span.start <= verify.at.start &&
      span.end >= verify.at.end,
  );
}
