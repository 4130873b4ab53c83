import type { Command } from 'unbash';
import type { Shape } from '../image/shape.ts';
import { split, trim } from '../image/split.ts';
import { alternatives, choice, type HolePart, hole, holes, literal, type Part, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { mayHold, replacedHole } from './filter.ts';
import { bounded, type List, type ShellState } from './state.ts';
import type { WordReader } from './words.ts';

/** Shapes that may hold more than one line or word. */
const several: ReadonlySet<Shape> = new Set<Shape>(['line', 'anything', 'unknown']);

/** Whether nothing in the text that is not known may hold white space. */
export function isOnePiece(template: Template): boolean {
  return (
    holes(template).every(({ shape }) => !several.has(shape)) &&
    template.every(part => part.kind !== 'choice' || alternatives([part]).every(form => !/\s/.test(literal(form) ?? '')))
  );
}

/** The lines of a text, where it is known how many there are, in each of its forms. Without `open` what follows the last line break is none. */
export function linesOf(text: Template, at: Span, open = false): List | undefined {
  const lists: (readonly Template[])[] = [];
  for (const form of alternatives(text)) {
    if (holes(form).some(mayBreak)) return undefined;
    const lines = split(form, /\n/);
    if (lines.at(-1)?.length !== 0 && !open) return undefined;
    lists.push(lines.at(-1)?.length === 0 ? lines.slice(0, -1) : lines);
  }
  return positional(lists, at);
}

function mayBreak({ shape }: HolePart): boolean {
  return shape === 'anything' || shape === 'unknown';
}

/** Lists of different length as one: behind the shortest's end an item is there perhaps. */
function positional(lists: readonly (readonly Template[])[], at: Span): List {
  const [first = []] = lists;
  if (lists.length < 2) return { kind: 'array', items: first };
  const sure = Math.min(...lists.map(({ length }) => length));
  const longest = Math.max(...lists.map(({ length }) => length));
  const items = Array.from({ length: longest }, (_, index) => {
    const item = choice(
      lists.flatMap(list => (list.length > index ? [list[index] as Template] : [])),
      at,
    );
    return index < sure ? item : item.map(part => ({ ...part, given: { ...part.given, perhaps: true } }));
  });
  return { kind: 'array', items, ...(longest > sure && { sure }) };
}

/** `read -r a b`, `IFS=, read -ra list`, `mapfile -t list`: what the variables get of what is read. */
export function read(name: string, node: Command, state: ShellState, stdin: Template | undefined, words: WordReader): void {
  const at = words.source.span(node.pos, node.end);
  const { flags, targets } = readArguments(node, name === 'read' ? /[dinNptu]$/ : /[dnOsuCc]$/);
  if (name !== 'read') {
    const isPlain = flags.includes('t') && !/[dnOsuCc]/.test(flags);
    setArray(state, targets[0] ?? 'MAPFILE', isPlain && stdin ? linesOf(stdin, at, true) : undefined, at);
    return;
  }
  const separator = separatorOf(node, state, words);
  const line = stdin && !/[dnN]/.test(flags) && !holes(stdin).some(mayBreak) ? firstLine(stdin) : undefined;
  if (flags.includes('a')) {
    setArray(state, targets[0] ?? '', line && separator !== undefined ? fieldList(line, separator, at) : undefined, at);
    return;
  }
  if (targets.length === 0) state.set('REPLY', { kind: 'string', value: line ? choice(line, at) : unknown('REPLY', at) });
  for (const [index, target] of targets.entries()) {
    const values = separator === undefined ? undefined : line?.map(form => nth(form, index, targets.length, separator));
    const isKnown = values?.every(value => value !== undefined);
    state.set(target, { kind: 'string', value: isKnown ? choice(values as Template[], at) : unknown(target, at) });
  }
}

/** What splits a line for a `read`: `IFS` before it, else what the shell has. */
export function separatorOf(node: Command, state: ShellState, words: WordReader): string | undefined {
  const own = node.prefix.find(item => item.type === 'Assignment' && item.name === 'IFS');
  if (own?.type === 'Assignment') return own.value.type === 'Word' ? literal(words.value(own.value, state)) : undefined;
  const ifs = state.get('IFS');
  return ifs?.kind === 'string' ? literal(ifs.value) : ' \t';
}

/** The first line of each form. */
function firstLine(text: Template): readonly Template[] {
  return alternatives(text).map(form => split(form, /\n/)[0] ?? []);
}

/** One name gets the whole line, of several the last gets what is left. */
function nth(line: Template, index: number, count: number, separator: string): Template | undefined {
  if (count === 1) return separator === '' ? line : separator.trim() === '' ? trim(line) : endsWith(line, separator) ? undefined : line;
  if (isLoose(line, separator)) return undefined;
  const fields = fieldsOf(line, separator);
  return index === count - 1 && fields.length > count ? undefined : (fields[index] ?? []);
}

/** Whether what is not known may hold a separator. */
function isLoose(line: Template, separator: string): boolean {
  return holes(line).some(part => [...separator].some(character => maySplit(part, character)));
}

function maySplit(part: HolePart, separator: string): boolean {
  if (separator.trim() === '') return several.has(part.shape);
  if (part.shape === 'digest') return separator === ':';
  // git allows a comma in a name; nobody gives one to what goes into a list.
  return mayHold(part, separator) && !(part.shape === 'gitRef' && separator === ',');
}

function endsWith(line: Template, separator: string): boolean {
  const last = line.at(-1);
  return last?.kind === 'text' && separator.includes(last.text.at(-1) ?? ' ');
}

function fieldList(lines: readonly Template[], separator: string, at: Span): List {
  const list = positional(
    lines.map(line => fieldsOf(line, separator)),
    at,
  );
  if (list.kind !== 'array' || !lines.some(line => isLoose(line, separator))) return list;
  // A piece of what may be several.
  const piece = (part: Part): Part => {
    if (part.kind === 'choice') return { ...part, options: part.options.map(option => option.map(piece)) };
    return part.kind === 'hole' && isLoose([part], separator) ? replacedHole(part, '', `read at ${separator}`) : part;
  };
  return { ...list, items: list.items.map(item => item.map(piece)), sure: Math.min(1, list.sure ?? list.items.length), open: true };
}

/** White space that separates counts once, other separators each; the last ends its field. */
function fieldsOf(line: Template, separator: string): readonly Template[] {
  if (separator === '') return line.length > 0 ? [line] : [];
  const isSpace = (character: string) => separator.includes(character) && character.trim() === '';
  const pieces = split(line, { test: character => separator.includes(character) && !isSpace(character) });
  const ended = pieces.at(-1)?.length === 0 ? pieces.slice(0, -1) : pieces;
  return ended.flatMap(piece => {
    const words = split(piece, { test: isSpace }).filter(word => word.length > 0);
    return words.length > 0 || ended.length === 1 ? words : [[]];
  });
}

/** Flags that take a value keep it from being a name. */
function readArguments({ args }: Command, valued: RegExp): { flags: string; targets: readonly string[] } {
  let flags = '';
  const targets: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const text = args[index]?.text ?? '';
    if (/^-\w+$/.test(text)) {
      flags += text.slice(1);
      if (valued.test(text)) index++;
    } else if (/^[A-Za-z_]\w*$/.test(text)) targets.push(text);
  }
  return { flags, targets };
}

function setArray(state: ShellState, name: string, list: List | undefined, at: Span): void {
  if (!/^[A-Za-z_]/.test(name)) return;
  state.set(name, list ? bounded(list, name, at) : { kind: 'array', items: [unknown(name, at)], open: true });
}

function unknown(name: string, at: Span): Template {
  return hole(`$${name}`, 'unknown', at);
}
