import { join, split } from '../image/split.ts';
import { hole, holes, literal, type Template } from '../image/template.ts';
import type { ShellCommand } from './command.ts';
import { type ShellOptions, shellName, startedWith } from './options.ts';
import { isOnePiece } from './reading.ts';
import type { Argument } from './words.ts';

/** Programs that run the command behind them; the flags among their own words that take a value. */
const wrappers: ReadonlyMap<string, readonly string[]> = new Map([
  ['sudo', ['-u', '-g', '-h', '-p', '--user', '--group']],
  ['env', ['-u', '-C', '--unset', '--chdir']],
  ['timeout', ['-s', '-k', '--signal', '--kill-after']],
  ['nice', ['-n']],
  ['ionice', ['-c', '-n']],
  ['retry', ['-t', '-d', '-s', '--times', '--delay']],
  ['time', ['-f', '-o']],
  ['command', []],
  ['exec', []],
  ['nohup', []],
  ['setsid', []],
  ['unbuffer', []],
  ['stdbuf', ['-i', '-o', '-e']],
]);
/** Programs that run what stands behind their `--`. */
const behindDashes: ReadonlySet<string> = new Set(['doppler', 'op', 'aws-vault', 'infisical', 'chamber', 'teller', 'dotenv', 'retry']);
/** More programs that run programs than people write. */
const maxDepth = 8;
const maxItems = 24;

const remoteFlags = [
  '-i',
  '-p',
  '-o',
  '-l',
  '-F',
  '-J',
  '-b',
  '-c',
  '-L',
  '-R',
  '-D',
  '-W',
  '-E',
  '-m',
  '-S',
  '-w',
  '-Q',
  '-I',
  '-B',
  '-O',
];
const xargsFlags = ['-n', '-I', '-P', '-L', '-d', '-s', '-a', '-E', '--max-args', '--max-procs', '--max-lines', '--delimiter', '--replace'];

/** What a command comes to: the command itself or those that it starts, or a script that it hands to a shell. */
export type Effective =
  | { readonly kind: 'commands'; readonly commands: readonly ShellCommand[] }
  | {
      readonly kind: 'script';
      readonly text: Template;
      readonly options: ShellOptions;
      readonly remote: boolean;
      /** `$1` and so on, where they are known. */
      readonly args: readonly Template[] | undefined;
    };

/** The command that runs in the end: `sudo X`, `timeout 5m X`, `xargs X`; or the script of `ssh host 'X; Y'`, `bash <<EOF`. */
export function effective(command: ShellCommand, stdin: Template | undefined, depth = 0): Effective {
  const whole: Effective = { kind: 'commands', commands: [command] };
  const name = literal(command.words[0]?.template ?? []) ?? '';
  if (depth > maxDepth) return { kind: 'commands', commands: [] };
  const wrapped = wrappers.has(name) || behindDashes.has(name) ? wrappedWords(name, command.words.slice(1)) : undefined;
  if (wrapped) return wrapped.length > 0 ? effective({ ...command, words: wrapped }, stdin, depth + 1) : whole;
  if (name === 'xargs' || name === 'parallel') return repeated(name, command, stdin, depth) ?? whole;
  if (name === 'find') return found(command, depth) ?? whole;
  if (name === 'ssh' || name === 'gcloud') return elsewhere(name, command, stdin, depth) ?? whole;
  return shellName.test(name) ? (started(name, command, stdin) ?? whole) : whole;
}

function wrappedWords(name: string, words: readonly Argument[]): readonly Argument[] | undefined {
  const dashes = behindDashes.has(name) ? words.findIndex(({ template }) => literal(template) === '--') : -1;
  if (dashes >= 0) return words.slice(dashes + 1);
  const valued = wrappers.get(name);
  return valued && skipOwn(words, valued);
}

/** Without the wrapper's flags, `NAME=value` and counts or times. */
function skipOwn(words: readonly Argument[], valued: readonly string[]): readonly Argument[] {
  let index = 0;
  for (; index < words.length; index++) {
    const [first] = words[index]?.template ?? [];
    if (first?.kind !== 'text' || !/^-|^\w+=|^\d+(?:\.\d+)?[smhd]?$/.test(first.text)) break;
    if (valued.includes(first.text)) index++;
  }
  return words.slice(index);
}

/** `bash -c TEXT`, `bash <<EOF`. A shell that runs a file is a command like others. */
function started(name: string, { words, input }: ShellCommand, stdin: Template | undefined): Effective | undefined {
  const known = words.map(({ template }) => literal(template) ?? '');
  const flag = known.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word));
  const flags = known.slice(1, flag < 0 ? undefined : flag + 1).map(word => (/^-[a-z]*c$/.test(word) ? word.slice(0, -1) : word));
  const options = startedWith(name, flags, { errexit: false, pipefail: false });
  if (flag > 0) {
    const text = words[flag + 1]?.template ?? [];
    return mayBeScript(text)
      ? { kind: 'script', text, options, remote: false, args: words.slice(flag + 3).map(({ template }) => template) }
      : undefined;
  }
  const file = known.slice(1).find((word, index) => !/^[-+]/.test(word) && known[index] !== '-o');
  const text = input ?? stdin;
  if (file !== undefined && !known.includes('-s')) return undefined;
  return text && mayBeScript(text) ? { kind: 'script', text, options, remote: false, args: undefined } : undefined;
}

/** Something of it is written here; what is made elsewhere altogether is no script that could be read. */
function mayBeScript(text: Template): boolean {
  return text.some(part => part.kind === 'text' && part.text.trim() !== '') && holes(text).every(({ source }) => !source.startsWith('< '));
}

/** `ssh host X`, `ssh host <<EOF`, `gcloud compute ssh host --command X`. */
function elsewhere(name: string, command: ShellCommand, stdin: Template | undefined, depth: number): Effective | undefined {
  const there = { ...command, remote: true } as const;
  const script = (text: Template): Effective => ({
    kind: 'script',
    text,
    options: { errexit: false, pipefail: false, posix: false },
    remote: true,
    args: undefined,
  });
  if (name === 'gcloud') {
    const text = gcloudCommand(command.words);
    return text && mayBeScript(text) ? script(text) : undefined;
  }
  const [, ...words] = skipOwn(command.words.slice(1), remoteFlags);
  if (words.length === 0) return stdin && mayBeScript(stdin) ? script(stdin) : undefined;
  const first = literal(words[0]?.template ?? []) ?? '';
  if (shellName.test(first))
    return effective({ ...there, words }, stdin, depth + 1).kind === 'script'
      ? remotely(effective({ ...there, words }, stdin, depth + 1))
      : { kind: 'commands', commands: [{ ...there, words }] };
  const text = join(
    words.map(({ template }) => template),
    ' ',
  );
  return mayBeScript(text) ? script(text) : { kind: 'commands', commands: [{ ...there, words }] };
}

function remotely(inner: Effective): Effective {
  return inner.kind === 'script' ? { ...inner, remote: true } : inner;
}

function gcloudCommand(words: readonly Argument[]): Template | undefined {
  if (!words.some(({ template }) => literal(template) === 'ssh')) return undefined;
  for (const [index, { template }] of words.entries()) {
    if (literal(template) === '--command') return words[index + 1]?.template;
    const [first, ...rest] = template;
    if (first?.kind === 'text' && first.text.startsWith('--command=')) {
      const linear = first.at.end - first.at.start === first.text.length;
      const at = linear ? { ...first.at, start: first.at.start + 10 } : first.at;
      return [{ ...first, text: first.text.slice(10), at }, ...rest];
    }
  }
  return undefined;
}

/** `xargs -n1 X`, `xargs -I{} X {}`, `parallel X ::: a b`: once for each item, or for all. */
function repeated(name: string, command: ShellCommand, stdin: Template | undefined, depth: number): Effective | undefined {
  const separator = name === 'parallel' ? command.words.findIndex(({ template }) => literal(template) === ':::') : -1;
  const own = separator < 0 ? command.words.slice(1) : command.words.slice(1, separator);
  const words = skipOwn(own, xargsFlags);
  if (words.length === 0) return undefined;
  const flags = own.slice(0, own.length - words.length).map(({ template }) => literal(template) ?? '');
  const mark =
    name === 'parallel'
      ? '{}'
      : (/^-I(.+)$/.exec(flags.find(flag => /^-I./.test(flag)) ?? '')?.[1] ?? flags[flags.indexOf('-I') + 1] ?? '{}');
  const single = name === 'parallel' || flags.some(flag => /^-(?:n1?|I.*|L1?)$/.test(flag));
  const items = separator < 0 ? itemsOf(stdin) : command.words.slice(separator + 1).map(({ template }) => template);
  const unknown: Template = hole('an item that xargs reads', 'unknown', command.span);
  const turns = !items || items.length > maxItems ? [[unknown]] : single ? items.map(item => [item]) : [items];
  const marked = words.some(({ template }) => literal(template)?.includes(mark));
  const commands = turns.flatMap(turn => {
    const next = marked
      ? words.map(word => (literal(word.template)?.includes(mark) ? { ...word, template: put(word.template, mark, turn[0] ?? []) } : word))
      : [...words, ...turn.map(template => ({ template, span: command.span }))];
    const inner = effective({ ...command, words: next }, undefined, depth + 1);
    return inner.kind === 'commands' ? inner.commands : [{ ...command, words: next }];
  });
  return { kind: 'commands', commands };
}

function itemsOf(stdin: Template | undefined): readonly Template[] | undefined {
  return stdin && isOnePiece(stdin) ? split(stdin, /\s/).filter(item => item.length > 0) : undefined;
}

/** The word with each mark replaced. */
function put(word: Template, mark: string, item: Template): Template {
  const [part] = word;
  const at = part?.at ?? { start: 0, end: 0 };
  return (literal(word) ?? '').split(mark).flatMap((text, index) => {
    const own: Template = text === '' ? [] : [{ kind: 'text', text, at, via: [], derived: true }];
    return index === 0 ? own : [...item, ...own];
  });
}

/** `find … -exec X {} \;`. */
function found(command: ShellCommand, depth: number): Effective | undefined {
  const known = command.words.map(({ template }) => literal(template));
  const from = known.findIndex(word => word === '-exec' || word === '-execdir');
  if (from < 0) return undefined;
  const end = known.findIndex((word, index) => index > from && (word === ';' || word === '+'));
  const words = command.words
    .slice(from + 1, end < 0 ? undefined : end)
    .map(word => (literal(word.template) === '{}' ? { ...word, template: hole('a file that find finds', 'unknown', word.span) } : word));
  return words.length > 0 ? effective({ ...command, words }, undefined, depth + 1) : undefined;
}
