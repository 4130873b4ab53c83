import { join, split, trim } from '../image/split.ts';
import { extent, literal, type Template } from '../image/template.ts';
import type { ShellCommand } from './interpret.ts';
import type { Argument } from './words.ts';

/** Programs that run the command behind them; the flags among their own words that take a value. */
const wrappers: ReadonlyMap<string, readonly string[]> = new Map([
  ['sudo', ['-u', '-g', '-h', '-p', '--user', '--group']],
  ['env', ['-u', '-C', '--unset', '--chdir']],
  ['timeout', ['-s', '-k', '--signal', '--kill-after']],
  ['nice', ['-n']],
  ['retry', ['-t', '-d', '-s', '--times', '--delay']],
  ['time', []],
  ['command', []],
  ['exec', []],
  ['nohup', []],
  ['stdbuf', ['-i', '-o', '-e']],
]);
/** More programs that run programs than people write. */
const maxDepth = 8;

const shells = /^(?:\S*\/)?(?:bash|sh|dash|ksh|zsh)$/;
const remoteFlags = ['-i', '-p', '-o', '-l', '-F', '-J', '-b', '-c', '-L', '-R', '-D', '-W', '-E', '-m'];

/** The command that runs in the end, and commands that it hands to a shell of its own: `sudo X`, `ssh host 'X; Y'`, `bash <<EOF`. */
export function innerCommands(command: ShellCommand, depth = 0): readonly ShellCommand[] {
  if (depth > maxDepth) return [];
  const name = literal(command.words[0]?.template ?? []) ?? '';
  const valued = wrappers.get(name);
  if (valued) {
    const words = skipOwn(command.words.slice(1), valued);
    return words.length > 0 ? innerCommands({ ...command, words }, depth + 1) : [];
  }
  if (name === 'ssh') {
    const [, ...remote] = skipOwn(command.words.slice(1), remoteFlags);
    const [only] = remote;
    const there = { ...command, remote: true } as const;
    if (remote.length === 1 && only) return script(only.template, there, depth);
    return remote.length > 0 ? [{ ...there, words: remote }] : script(command.input ?? [], there, depth);
  }
  if (shells.test(name)) {
    const flag = command.words.findIndex(({ template }) => /^-[a-z]*c$/.test(literal(template) ?? ''));
    return script((flag > 0 ? command.words[flag + 1]?.template : command.input) ?? [], command, depth);
  }
  return [command];
}

/** Without the wrapper's flags, `NAME=value` and counts or times. */
function skipOwn(words: readonly Argument[], valued: readonly string[]): readonly Argument[] {
  let index = 0;
  for (; index < words.length; index++) {
    const word = literal(words[index]?.template ?? []);
    if (word === undefined || !/^-|^\w+=|^\d+(?:\.\d+)?[smhd]?$/.test(word)) break;
    if (valued.includes(word)) index++;
  }
  return words.slice(index);
}

/** The commands of a script that is a string, as far as they are plain words: no quoting, no control flow. */
function script(text: Template, { conditional, failure, remote }: ShellCommand, depth: number): readonly ShellCommand[] {
  const lines: Template[] = [];
  let open = false;
  for (const line of split(text, /[\n;&|]/).map(trim)) {
    const last = line.at(-1);
    const goesOn = last?.kind === 'text' && last.text.endsWith('\\');
    lines.push(open ? join([lines.pop() ?? [], line], ' ') : line);
    open = goesOn;
  }
  return lines.flatMap((line): readonly ShellCommand[] => {
    const words = split(line, /[ \t]/).flatMap((word): readonly Argument[] => {
      const span = extent(word);
      return span && literal(word) !== '\\' ? [{ template: word, span }] : [];
    });
    const span = extent(line);
    return span && words.length > 0 ? innerCommands({ words, span, conditional, failure, ...(remote && { remote }) }, depth + 1) : [];
  });
}
