import { literal, type Template } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import { isEcrHost, isEcrUser } from '../ecr.ts';
import type { Fact, Item } from '../usage.ts';
import { type CommandLine, flags, itemIn, last } from './flags.ts';
import type { Call, Verb } from './program.ts';

const loginFlags = flags(
  '-u|--username|--user -p|--password|--pass --authfile --cert-dir --creds --scheme --config --registry-config --ca-file --cert-file --key-file --identity-token',
);

/** `docker login` and the commands that do the same for other tools. `names` are its verbs. */
export function loginVerb(...names: readonly string[]): Verb {
  return {
    names,
    flags: loginFlags,
    read(line, call) {
      const registry = line.positionals.at(-1)?.template ?? [];
      return [loginFact(`${call.program} ${call.verb}`, registry, line, call)];
    },
  };
}

/** A login with `-u`, `-p` or a password from a pipe. */
export function loginFact(tool: string, named: Template, line: CommandLine, { command, at }: Call): Fact {
  const registry = withoutScheme(named);
  const user = last(line, '--user');
  const argument = last(line, '--pass', '--identity-token');
  const password = argument ?? piped(command);
  const ecr = isEcrHost(registry) || (user !== undefined && isEcrUser(user.template)) || isAws(command.from);
  return {
    kind: 'login',
    tool,
    at,
    registry,
    ecr,
    ...(user && { user }),
    ...(password && { password }),
    passwordBy: argument ? 'argument' : 'stdin',
  };
}

/** `echo "$TOKEN" | docker login --password-stdin`, `<<< "$TOKEN"`: the token. */
function piped({ from, input, span }: ShellCommand): Item | undefined {
  if (input) return itemIn({ span }, input);
  const [name, ...args] = from?.words ?? [];
  const program = literal(name?.template ?? []);
  return program === 'echo' || program === 'printf' ? args.at(-1) : undefined;
}

function isAws(from: ShellCommand | undefined): boolean {
  const [name, ...args] = from?.words.map(({ template }) => literal(template)) ?? [];
  return name === 'aws' && args.some(word => word === 'get-login-password');
}

function withoutScheme([first, ...rest]: Template): Template {
  if (first?.kind !== 'text') return first ? [first, ...rest] : [];
  const scheme = /^https?:\/\//.exec(first.text)?.[0];
  return scheme ? [{ ...first, text: first.text.slice(scheme.length), derived: true }, ...rest] : [first, ...rest];
}
