import { literal } from '../image/template.ts';
import type { ShellCommand } from '../shell/interpret.ts';
import type { Argument } from '../shell/words.ts';
import type { Span } from '../text/span.ts';
import { runsAny } from '../usage/programs.ts';
import type { Login } from '../usage/usage.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { credentialArguments, credentialTakers } from './shared/credentials.ts';

/** Arguments are read by every process of the machine, and traced by `set -x`. */
export const passwordOnCommandLine: Rule = {
  id: 'password-on-command-line',
  title: 'A password is an argument of a command',
  severity: 'warning',
  fixable: true,
  visit: {
    login(login, context) {
      if (login.passwordBy !== 'argument' || !login.password || isForThrowaway(login)) return;
      const { span } = login.password;
      if (isSaidAlready(context, span)) return;
      const found = findArgument(span, login, context);
      const fix = found && login.user && readFromInput(found, login, context.text);
      context.report({ at: span, message: message(`\`${login.tool}\``, inputFlag(login)), ...(fix && { fix }) });
    },
    script(script, context) {
      if (!runsAny(script, credentialTakers)) return;
      for (const command of script.commands) {
        for (const { at, program, advice } of credentialArguments(command, script.job)) {
          if (isLogin(at, context) || isSaidAlready(context, at)) continue;
          context.report({ at, severity: 'info', message: `${message(`\`${program}\``)} ${advice}` });
        }
      }
    },
  },
};

/** Whether a login's own password stands there. */
function isLogin({ start, end }: Span, { usage }: RuleContext): boolean {
  return usage.usages.some(({ kind, at }) => kind === 'login' && at.start <= start && end <= at.end);
}

function message(command: string, flag?: string): string {
  const start = `The password is an argument of ${command}: while it runs, every process on the runner can read it, and \`set -x\` prints it.`;
  return flag === undefined ? start : `${start} Hand it over on standard input, with \`${flag}\`.`;
}

/** A registry on the runner itself, which ends with the job, and a password that is no secret. */
function isForThrowaway({ registry, password }: Login): boolean {
  const host = literal(registry);
  return host !== undefined && /^(?:localhost|127\.\d|\[::1\])/.test(host) && literal(password?.template ?? []) !== undefined;
}

/** How a program is told to read the password; `undefined` where it cannot. */
function inputFlag({ tool }: Login): string | undefined {
  if (/^regctl\b.*\blogin$/.test(tool)) return '--pass-stdin';
  return /\blogin$/.test(tool) ? '--password-stdin' : undefined;
}

interface Found {
  readonly command: ShellCommand;
  /** The flag with its value. */
  readonly span: Span;
  /** The value as it is written. */
  readonly value: Span;
}

/** The flag that holds a login's password, where one word or two give both. */
function findArgument({ start, end }: Span, { step }: Login, { text, usage }: RuleContext): Found | undefined {
  const script = usage.scripts.find(other => other.step === step);
  const holds = ({ span }: { readonly span: Span }) => span.start <= start && end <= span.end;
  const command = script?.commands.find(other => other.node && holds(other));
  const index = command?.words.findIndex(holds) ?? -1;
  const word = command?.words[index];
  if (!command || !word) return undefined;
  const inOne = /^(?:--[a-z]+=|-p(?=.))/.exec(text.slice(word.span.start, word.span.end))?.[0];
  if (inOne) return { command, span: word.span, value: { start: word.span.start + inOne.length, end: word.span.end } };
  const flag = command.words[index - 1];
  return flag && isFlag(flag) ? { command, span: { start: flag.span.start, end: word.span.end }, value: word.span } : undefined;
}

function isFlag({ template }: Argument): boolean {
  return /^(?:-p|--pass(?:word)?)$/.test(literal(template) ?? '');
}

/** `echo VALUE | docker login … --password-stdin`, where nothing else comes in on that way. */
function readFromInput({ command, span, value }: Found, login: Login, text: string): Problem['fix'] | undefined {
  const { node, from, input, remote } = command;
  const flag = inputFlag(login);
  const written = text.slice(value.start, value.end);
  if (!flag || !node || from || input || remote || /[\r\n]/.test(written) || written === '') return undefined;
  if (node.redirects.some(({ operator }) => operator.startsWith('<'))) return undefined;
  // Where YAML has escapes of its own, a piece of the text is not what the shell reads.
  const style = login.step.run?.style ?? '';
  if (style.startsWith('QUOTE') && /\\|''/.test(text.slice(command.span.start, command.span.end))) return undefined;
  // Only `sudo` hands its input on to one program, once.
  const program = text.slice(command.span.start, command.span.start + 100).trimStart();
  if (!/^(?:sudo\s+)?(?:\S*\/)?(?:docker|podman|nerdctl|buildah|skopeo|crane|regctl|oras|helm)\s/.test(program)) return undefined;
  return {
    title: `Use \`${flag}\``,
    safe: true,
    edits: [
      { span: { start: command.span.start, end: command.span.start }, text: `${printer(written)} | ` },
      { span, text: flag },
    ],
  };
}

/** What prints a value: a substitution's own command, or `echo`. */
function printer(written: string): string {
  return /^"?\$\(([^()"]{1,500})\)"?$/.exec(written)?.[1]?.trim() ?? `echo ${written}`;
}
