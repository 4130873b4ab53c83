import { display, literal } from '../image/template.ts';
import type { ShellCommand } from '../shell/command.ts';
import { runsAny } from '../usage/programs.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';

/** A reader that ends before its writer kills it, and under `pipefail` that is the status of the pipe. */
export const pipefailHead: Rule = {
  id: 'pipefail-head',
  title: 'Under `pipefail` a pipe that is cut short fails',
  severity: 'hint',
  fixable: false,
  visit: {
    script(script, context) {
      if (!runsAny(script, readers)) return;
      for (const command of script.commands) {
        const reader = endsEarly(command);
        const parts = reader && command.pipeline?.pipefail === true ? command.pipeline.parts.slice(0, command.position) : [];
        const writer = parts.at(-1);
        if (!reader || !writer || writer.failure === 'ignored' || !mayWriteLong(parts) || isSaidAlready(context, command.span)) continue;
        report(command, reader, writer, context);
      }
    },
  },
};

function report(command: ShellCommand, reader: string, writer: ShellCommand, { report: say }: RuleContext): void {
  const written = nameOf(writer);
  const then =
    writer.failure === 'fatal'
      ? 'the pipe’s status is 141 and the step ends, though nothing is wrong'
      : 'the pipe’s status is 141, so the condition does not hold though it should';
  say({
    at: command.span,
    message:
      `\`${reader}\` stops reading when it has what it wants. If \`${written}\` still writes then, it is killed, and with \`pipefail\` ${then}. ` +
      'It happens now and then, with long output. Let the reader read to the end (`awk`, `sed -n`, `grep … > /dev/null`), or keep the output in a variable first.',
  });
}

/** The programs that `endsEarly` knows. */
const readers: ReadonlySet<string> = new Set(['head', 'grep', 'egrep', 'fgrep', 'sed', 'awk', 'gawk']);

/** How a command that may end before its input does is called; `undefined` for others. */
function endsEarly(command: ShellCommand): string | undefined {
  const [name = '', ...args] = texts(command);
  switch (name) {
    case 'head':
      // `head -n -5` reads to the end.
      return /(?:^|\s)-(?:[nc] ?|-(?:lines|bytes)[= ])-\d/.test(args.join(' ')) ? undefined : 'head';
    case 'grep':
    case 'egrep':
    case 'fgrep':
      return args.some(argument => /^-[a-zA-Z]*[qm]|^--(?:quiet|silent|max-count)/.test(argument)) ? `grep ${args[0]}` : undefined;
    case 'sed':
      return args.some(argument => !argument.startsWith('-') && /(?:^|[;{}\d$/\s])q\s*\d*(?:$|[;}])/.test(argument))
        ? 'sed … q'
        : undefined;
    case 'awk':
    case 'gawk':
      return args.some(argument => /[;{\s]exit\b/.test(argument) && !/\bEND\b/.test(argument)) ? 'awk … exit' : undefined;
    default:
      return undefined;
  }
}

/** Programs that hand on what they read, or less of it. */
const filters: ReadonlySet<string> = new Set('cut tr sed awk gawk grep egrep sort uniq rev tac nl paste column cat xargs'.split(' '));
/** Programs whose output grows with what there is in a registry, a repository, a cluster or on a server. */
const long: ReadonlySet<string> = new Set(
  (
    'docker docker-compose podman nerdctl git gh curl wget aws gcloud az kubectl oc helm crane skopeo regctl oras apt apt-cache dpkg rpm journalctl ps ' +
    'tar unzip zcat gunzip bzcat xzcat strings openssl yes npm pip terraform ssh'
  ).split(' '),
);
const shortGit =
  /^(?:rev-parse|describe|merge-base|config|symbolic-ref|remote|branch --show-current|(?:log|show|rev-list)(?= .*(?:-1\b|-n ?1\b|--max-count=1\b|-s\b)))/;
const shortOption = /\s(?:--version|-v|version)$/;

/** Whether what is written may be more than a pipe holds (64 KiB), as far as the programs tell. */
function mayWriteLong(parts: readonly (ShellCommand | undefined)[]): boolean {
  for (let index = parts.length - 1; index >= 0; index--) {
    const command = parts[index];
    if (!command) return false;
    const [name = '', ...args] = texts(command);
    const line = args.join(' ');
    if (reads(command, '/dev/urandom') || reads(command, '/dev/zero')) return true;
    if (!filters.has(name)) return long.has(name) && !isShort(name, line);
    // The first of the pipe reads a file of the repository or a text at hand; with `-1` and its like no more than a line goes on.
    if (index === 0 || /(?:^|\s)-(?:c|m ?1)\b/.test(line)) return false;
  }
  return false;
}

function isShort(name: string, line: string): boolean {
  return (name === 'git' && shortGit.test(line)) || shortOption.test(` ${line}`);
}

function reads({ node, words }: ShellCommand, path: string): boolean {
  const redirected = node?.redirects.some(redirect => redirect.type === 'Redirect' && redirect.target?.text === path);
  return redirected === true || words.some(({ template }) => literal(template) === path);
}

function texts({ words }: ShellCommand): readonly string[] {
  return words.map(({ template }) => literal(template) ?? '…');
}

function nameOf({ words }: ShellCommand): string {
  const shown = words.slice(0, 2).map(({ template }) => display(template));
  return shown[1]?.startsWith('-') || (shown[1]?.length ?? 0) > 20 ? (shown[0] ?? '') : shown.join(' ');
}
