import { coerceString, nothing, string, type Value } from '../../expression/value.ts';
import { split as splitText } from '../../image/split.ts';
import { alternatives, derived, literal, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { give } from '../given.ts';
import { formatted } from './format.ts';
import { numberOf } from './numbers.ts';

/** More items than this are not made of fewer. */
const maxItems = 256;

type ListFunction = (args: readonly Value[], at: Span) => Value | undefined;

/** Functions of HCL, as buildx has them, that make lists or look into lists and objects; `undefined` for others and for what is not known. */
export function listFunction(name: string, args: readonly Value[], at: Span): Value | undefined {
  const made = Object.hasOwn(functions, name) ? functions[name]?.(args, at) : undefined;
  return made?.kind === 'array' && made.items.length > maxItems ? undefined : made;
}

const functions: Readonly<Record<string, ListFunction>> = {
  concat: args => (args.every(isList) ? list(args.flatMap(({ items }) => items)) : undefined),
  setunion: args => (args.every(isList) ? list(args.flatMap(({ items }) => items)) : undefined),
  flatten: ([first]) => (first && isList(first) ? list(flat(first.items)) : undefined),
  compact: ([first], at) => (first && isList(first) ? list(first.items.filter(item => literal(coerceString(item, at)) !== '')) : undefined),
  distinct: same,
  tolist: same,
  toset: same,
  sort: same,
  reverselist: ([first]) => (first && isList(first) ? list([...first.items].reverse()) : undefined),
  coalescelist: args => (args.every(isList) ? args.find(({ items }) => items.length > 0) : undefined),
  slice: ([first, from, to]) => {
    const [start, end] = [numberOf(from), numberOf(to)];
    return first && isList(first) && start !== undefined && end !== undefined ? list(first.items.slice(start, end)) : undefined;
  },
  split: ([separator, whole], at) => {
    const between = separator && literal(coerceString(separator, at));
    return between && whole ? list(pieces(coerceString(whole, at), between)) : undefined;
  },
  formatlist: ([pattern, ...args], at) => (pattern ? formatlist(coerceString(pattern, at), args, at) : undefined),
  element: ([first, index]) => {
    const number = numberOf(index);
    return first && isList(first) && number !== undefined && first.items.length > 0 ? first.items[number % first.items.length] : undefined;
  },
  range: args => {
    const numbers = args.map(numberOf);
    const [from = 0, to = 0, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
    if (numbers.includes(undefined) || step <= 0 || (to - from) / step > maxItems) return undefined;
    return list(
      Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, index) => ({ kind: 'number', value: from + index * step })),
    );
  },
  setproduct: args => (args.every(isList) ? product(args) : undefined),
  length: ([first]) => (first && isList(first) ? { kind: 'number', value: first.items.length } : undefined),
  keys: ([first], at) =>
    first?.kind === 'object' ? list([...first.entries.keys()].sort().map(key => string(derived(key, at)))) : undefined,
  values: ([first]) => (first?.kind === 'object' ? list(sorted(first.entries)) : undefined),
  merge: args => (args.every(isObject) ? { kind: 'object', entries: new Map(args.flatMap(({ entries }) => [...entries])) } : undefined),
  zipmap: ([names, values], at) => {
    if (!names || !values || !isList(names) || !isList(values)) return undefined;
    return {
      kind: 'object',
      entries: new Map(names.items.map((key, index) => [literal(coerceString(key, at)) ?? '?', values.items[index] ?? nothing])),
    };
  },
  lookup: ([first, name, preset], at) => {
    const key = name && literal(coerceString(name, at));
    return first?.kind === 'object' && key !== undefined ? (first.entries.get(key) ?? preset) : undefined;
  },
};

type List = Extract<Value, { kind: 'array' }>;

function isList(value: Value): value is List {
  return value.kind === 'array';
}

function isObject(value: Value): value is Extract<Value, { kind: 'object' }> {
  return value.kind === 'object';
}

function list(items: readonly Value[]): Value {
  return { kind: 'array', items };
}

/** The order of tags and caches says nothing, and equal ones are one. */
function same([first]: readonly Value[]): Value | undefined {
  return first && isList(first) ? first : undefined;
}

function flat(items: readonly Value[]): readonly Value[] {
  return items.flatMap(item => (isList(item) ? flat(item.items) : [item]));
}

function sorted(entries: ReadonlyMap<string, Value>): readonly Value[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** What stands between separators in known text; of a text with several forms each piece is there perhaps. */
function pieces(whole: Template, separator: string): readonly Value[] {
  const forms = alternatives(whole);
  const cut = (form: Template): readonly Template[] => {
    if (separator.length === 1) return splitText(form, { test: character => character === separator });
    const known = literal(form);
    const at = form[0]?.at;
    return known !== undefined && at ? known.split(separator).map(piece => derived(piece, at)) : [form];
  };
  return forms.flatMap(form => cut(form).map(piece => string(forms.length > 1 ? give(piece, undefined, true) : piece)));
}

/** Each list's items one after the other, what is no list each time. */
function formatlist(pattern: Template, args: readonly Value[], at: Span): Value | undefined {
  const length = Math.max(0, ...args.filter(isList).map(({ items }) => items.length));
  if (length > maxItems || !args.some(isList)) return undefined;
  const made = Array.from({ length }, (_, index) => {
    const row = args.map(arg => coerceString((isList(arg) ? arg.items[index] : arg) ?? nothing, at));
    return formatted(pattern, row, at);
  });
  return made.every(value => value !== undefined) ? list(made) : undefined;
}

function product(lists: readonly List[]): Value | undefined {
  let rows: readonly (readonly Value[])[] = [[]];
  for (const { items } of lists) {
    if (rows.length * items.length > maxItems) return undefined;
    rows = rows.flatMap(row => items.map(item => [...row, item]));
  }
  return list(rows.map(list));
}
