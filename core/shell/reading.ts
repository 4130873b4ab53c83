import type { Command } from 'unbash';
import type { Shape } from '../image/shape.ts';
import { split, trim } from '../image/split.ts';
import { alternatives, hole, holes, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ShellState } from './state.ts';
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

/** The lines of a text, where it is known how many there are; what follows the last line break is none. */
export function linesOf(text: Template): readonly Template[] | undefined {
  if (!isOnePiece(text)) return undefined;
  const lines = split(text, /\n/);
  return lines.at(-1)?.length === 0 ? lines.slice(0, -1).map(trim) : undefined;
}

/** `read -r a b`, `IFS=, read -ra list`, `mapfile -t list`: what the variables get of what is read. */
export function read(name: string, node: Command, state: ShellState, stdin: Template | undefined, words: WordReader): void {
  const at = words.source.span(node.pos, node.end);
  const { flags, targets } = readArguments(node, name === 'read' ? /[dinNptu]$/ : /[dnOsuCc]$/);
  const ifs = node.prefix.find(item => item.type === 'Assignment' && item.name === 'IFS');
  const separator = ifs?.type === 'Assignment' && ifs.value.type === 'Word' ? literal(words.value(ifs.value, state)) : ' \t';
  if (name !== 'read') {
    const lines = stdin && linesOf(stdin);
    setArray(state, targets[0] ?? 'MAPFILE', flags.includes('d') ? undefined : lines, at);
    return;
  }
  const line = stdin && isOnePiece(stdin) && !flags.includes('d') ? split(stdin, /\n/)[0] : undefined;
  const fields = line && separator !== undefined ? fieldsOf(line, separator) : undefined;
  if (flags.includes('a')) {
    setArray(state, targets[0] ?? '', fields, at);
    return;
  }
  for (const [index, target] of targets.entries()) state.set(target, { kind: 'string', value: nth(index) ?? unknown(target, at) });
  if (targets.length === 0) state.set('REPLY', { kind: 'string', value: line ?? unknown('REPLY', at) });

  /** One name gets the whole line, of several the last gets what is left. */
  function nth(index: number): Template | undefined {
    if (!line || !fields) return undefined;
    if (targets.length === 1) return separator === '' ? line : trim(line);
    return index === targets.length - 1 && fields.length > targets.length ? undefined : (fields[index] ?? []);
  }
}

function fieldsOf(line: Template, separator: string): readonly Template[] {
  if (separator === '') return [line];
  const pieces = split(line, { test: character => separator.includes(character) });
  return separator.trim() === '' ? pieces.filter(piece => piece.length > 0) : pieces;
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

function setArray(state: ShellState, name: string, items: readonly Template[] | undefined, at: Span): void {
  if (!/^[A-Za-z_]/.test(name)) return;
  state.set(name, items ? { kind: 'array', items } : { kind: 'array', items: [unknown(name, at)], open: true });
}

function unknown(name: string, at: Span): Template {
  return hole(`$${name}`, 'unknown', at);
}
