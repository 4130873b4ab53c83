import { literal } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import type { Span } from '../../text/span.ts';
import type { Fact } from '../usage.ts';
import type { CommandAdapter, CommandContext } from './command.ts';
import { type CommandLine, type Flags, flags, joined, readFlags } from './flags.ts';

/** One call of a program. */
export interface Call {
  readonly command: ShellCommand;
  readonly context: CommandContext;
  /** The program's name, without a folder. */
  readonly program: string;
  /** The words that name what it does, `buildx build`. */
  readonly verb: string;
  /** The whole command. */
  readonly at: Span;
  /** Flags that stand before the verb. */
  readonly globals: CommandLine;
}

/** What a program does under one name. */
export interface Verb {
  /** The words that name it, `buildx imagetools create`; empty for a program that does but one thing. */
  readonly names: readonly string[];
  readonly flags?: Flags;
  /** Flags end at the first other word: what follows belongs to another program. */
  readonly stop?: true;
  read(line: CommandLine, call: Call): readonly Fact[];
}

export const noFlags = flags('');

/** An adapter from a table of verbs. `globals` are the flags with a value that may stand before or between a verb's words. */
export function program(names: readonly string[], globals: Flags, verbs: readonly Verb[]): CommandAdapter {
  const byName = new Map(verbs.flatMap(verb => verb.names.map(name => [name, verb] as const)));
  const starts = new Set([...byName.keys()].flatMap(name => prefixes(name)));
  return {
    names,
    read(command, context) {
      const word = literal(command.words[0]?.template ?? []) ?? '';
      const found = findVerb(command, globals, byName, starts);
      if (!found) return [];
      const { verb, name, words, before } = found;
      const line = readFlags(words, verb.flags ?? noFlags, verb.stop);
      const at = command.span;
      return verb.read(line, { command, context, program: word.slice(word.lastIndexOf('/') + 1), verb: name, at, globals: before });
    },
  };
}

interface Found {
  readonly verb: Verb;
  readonly name: string;
  readonly words: ShellCommand['words'];
  readonly before: CommandLine;
}

function findVerb(
  command: ShellCommand,
  globals: Flags,
  byName: ReadonlyMap<string, Verb>,
  starts: ReadonlySet<string>,
): Found | undefined {
  let words = command.words.slice(1);
  let before: CommandLine = { values: new Map(), switches: new Map(), positionals: [] };
  const whole = byName.get('');
  let found: Found | undefined = whole && { verb: whole, name: '', words, before };
  let path = '';
  while (words.length > 0) {
    const line = readFlags(words, globals, true);
    const [next, ...rest] = line.positionals;
    before = joined(before, { ...line, positionals: [] });
    words = rest;
    const name = literal(next?.template ?? []);
    // What nobody knows may be flags: `kubectl $FLAGS set image`.
    if (name === undefined && next) continue;
    path = path === '' ? (name ?? '') : `${path} ${name}`;
    const verb = byName.get(path);
    if (verb) found = { verb, name: path, words, before };
    if (!starts.has(path)) break;
  }
  return found;
}

function prefixes(name: string): readonly string[] {
  const words = name.split(' ');
  return words.slice(1).map((_word, index) => words.slice(0, index + 1).join(' '));
}
