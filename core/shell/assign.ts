import type { Assignment, Command, Word } from 'unbash';
import { literal, type Template } from '../image/template.ts';
import { bounded, type ShellState, type Variable } from './state.ts';
import type { WordReader } from './words.ts';

export const declarations: ReadonlySet<string> = new Set(['export', 'declare', 'local', 'readonly', 'typeset']);

/** `A=b`, `A+=b`, `a=(b c)`, `a[1]=b`. */
export function assign(assignment: Assignment, state: ShellState, words: WordReader): void {
  const { name, value, append, index, pos, end } = assignment;
  const before = state.get(name);
  const span = words.source.span(pos, end);
  if (value.type === 'ArrayValue') {
    const kept = append ? before : before?.kind === 'map' ? ({ kind: 'map', entries: new Map() } as const) : undefined;
    state.set(name, bounded(withElements(kept, value.elements, state, words), name, span));
    return;
  }
  const next = words.value(value, state);
  if (index) {
    state.set(name, bounded(withElement(before, index, next, state, words), name, span));
    return;
  }
  const old = append ? (before?.kind === 'string' ? before.value : (words.variable(name, state, span) ?? [])) : [];
  if (append && before?.kind === 'array') state.set(name, { ...before, items: [[...old, ...next], ...before.items.slice(1)] });
  else state.set(name, bounded({ kind: 'string', value: [...old, ...next] }, name, span));
}

function withElements(before: Variable | undefined, elements: readonly Word[], state: ShellState, words: WordReader): Variable {
  const keyed = elements.length > 0 && elements.every(({ text }) => /^\[[^\]]+\]=/.test(text));
  if (before?.kind === 'map' || keyed) {
    const entries = new Map(before?.kind === 'map' ? before.entries : []);
    for (const element of elements) {
      const [, key = '', head = ''] = /^(?=\[["']?([^\]"']+)["']?\]=)([^=]*=)/.exec(element.text) ?? [];
      entries.set(key, valueAfter(element, head.length, state, words));
    }
    return { kind: 'map', entries };
  }
  const kept = before ? (before.kind === 'array' ? before.items : before.kind === 'string' ? [before.value] : []) : [];
  const items = elements.flatMap(element => words.expand(element, state, true));
  const open = (before?.kind === 'array' && (before.open === true || before.sure !== undefined)) || items.some(({ splits }) => splits);
  return { kind: 'array', items: [...kept, ...items.map(({ template }) => template)], ...(open && { open: true }) };
}

/** The value of `[key]=value`, a word of which the first characters are the key. */
function valueAfter(element: Word, from: number, state: ShellState, words: WordReader): Template {
  const rest = element.text.slice(from);
  // Plain text has no parts; else those behind the `=` are the value's.
  if (!element.parts) return words.source.textOf(element.pos + from, element.end);
  const parts = element.parts.filter(({ pos }) => pos >= element.pos + from);
  const head = element.parts.find(({ pos, end }) => pos < element.pos + from && end > element.pos + from);
  const first = head ? words.source.textOf(element.pos + from, head.end) : [];
  return [...first, ...words.value({ ...element, text: rest, pos: element.pos + from, parts }, state)];
}

function withElement(before: Variable | undefined, index: Word, next: Template, state: ShellState, words: WordReader): Variable {
  const key = literal(words.value(index, state));
  if (before?.kind === 'map' || (before === undefined && key !== undefined && !/^\d+$/.test(key))) {
    const entries = new Map(before?.kind === 'map' ? before.entries : []);
    if (key !== undefined) entries.set(key, next);
    return { kind: 'map', entries, ...((key === undefined || (before?.kind === 'map' && before.open)) && { open: true as const }) };
  }
  const items = before?.kind === 'array' ? [...before.items] : before?.kind === 'string' ? [before.value] : [];
  const at = key !== undefined && /^\d+$/.test(key) ? Number(key) : -1;
  if (at >= 0 && at <= items.length && !(before?.kind === 'array' && (before.open || before.sure !== undefined))) items[at] = next;
  else return { kind: 'array', items: [...items, next], open: true };
  return { kind: 'array', items };
}

/** `export A=b`, `local a`, `declare -A m`. */
export function declare(name: string, { args }: Command, state: ShellState, words: WordReader, locals: Set<string> | undefined): void {
  const flags = args
    .filter(({ text }) => /^-\w+$/.test(text))
    .map(({ text }) => text)
    .join('');
  const isLocal = locals && name !== 'export' && name !== 'readonly' && !flags.includes('g');
  for (const argument of args) {
    const target = argument.type === 'Assignment' ? argument.name : argument.text;
    if (!/^[A-Za-z_]\w*$/.test(target)) continue;
    if (isLocal) locals.add(target);
    const fresh: Variable | undefined = flags.includes('A')
      ? { kind: 'map', entries: new Map() }
      : flags.includes('a')
        ? { kind: 'array', items: [] }
        : isLocal && argument.type !== 'Assignment'
          ? { kind: 'string', value: [] }
          : undefined;
    if (fresh && (isLocal || argument.type === 'Assignment' || state.get(target) === undefined)) state.set(target, fresh);
    if (argument.type === 'Assignment') assign(argument, state, words);
  }
}
