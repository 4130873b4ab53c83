import { derived, hole, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { compared } from './compare.ts';

/** A value of GitHub's expressions. `any` is text whose type nobody knows: the word `true` of an input may be a boolean. */
export type Value =
  | { readonly kind: 'string' | 'any'; readonly template: Template }
  /** `undefined`: either, named by `template`. */
  | { readonly kind: 'boolean'; readonly value: boolean | undefined; readonly template: Template }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly items: readonly Value[] /** Made by `.*`: an index goes to each item. */; readonly filtered?: true }
  | { readonly kind: 'object'; readonly entries: ReadonlyMap<string, Value> };

export const nothing: Value = { kind: 'null' };

export function string(template: Template): Value {
  return { kind: 'string', template };
}

/** A boolean; where it is not known it is a hole named by `source`. */
export function boolean(value: boolean | undefined, source: string, at: Span): Value {
  return { kind: 'boolean', value, template: value === undefined ? hole(source, 'boolean', at) : derived(String(value), at) };
}

/** What GitHub writes where a value lands in text. */
export function coerceString(value: Value, at: Span): Template {
  switch (value.kind) {
    case 'string':
    case 'any':
    case 'boolean':
      return value.template;
    case 'number':
      // GitHub keeps 15 digits.
      return derived(value.value === 0 ? '0' : String(+value.value.toFixed(15)), at);
    case 'null':
      return [];
    default:
      return derived(value.kind === 'array' ? 'Array' : 'Object', at);
  }
}

/** Whether GitHub takes a value for true; `undefined` where that is not known. */
export function truthOf(value: Value): boolean | undefined {
  switch (value.kind) {
    case 'null':
      return false;
    case 'boolean':
      return value.value;
    case 'number':
      return value.value !== 0 && !Number.isNaN(value.value);
    case 'string':
    case 'any': {
      const known = literal(value.template);
      if (known === undefined) return value.template.some(part => part.kind === 'text' && part.text !== '') ? true : undefined;
      return value.kind === 'any' && (known === 'false' || known === '0') ? undefined : known !== '';
    }
    default:
      return true;
  }
}

/** `==`: without case, and by number where the types differ. */
export function equals(a: Value, b: Value): boolean | undefined {
  if (a.kind === 'any' || b.kind === 'any') return anyEquals(a, b);
  if (a.kind === 'string' && b.kind === 'string') return compared(a.template, b.template);
  if (isComposite(a) || isComposite(b)) return a === b;
  if (a.kind === 'null' && b.kind === 'null') return true;
  const [left, right] = [numbersOf(a), numbersOf(b)];
  if (!left || !right) return undefined;
  const verdicts = new Set(left.flatMap(one => right.map(other => one === other)));
  return verdicts.size === 1 ? [...verdicts][0] : undefined;
}

/** Text of unknown type compares as any of the types that it may have. */
function anyEquals(a: Value, b: Value): boolean | undefined {
  const verdicts = new Set(readings(a).flatMap(one => readings(b).map(other => equals(one, other))));
  return verdicts.size === 1 ? [...verdicts][0] : undefined;
}

function readings(value: Value): readonly Value[] {
  if (value.kind !== 'any') return [value];
  const text: Value = { ...value, kind: 'string' };
  const known = literal(value.template);
  if (known === undefined) {
    const [part] = value.template;
    const mayBeBoolean = part?.kind !== 'hole' || part.shape === 'boolean' || part.shape === 'unknown';
    return mayBeBoolean ? [text, { kind: 'boolean', value: undefined, template: value.template }] : [text];
  }
  if (known === 'true' || known === 'false') return [text, { kind: 'boolean', value: known === 'true', template: value.template }];
  return known !== '' && !Number.isNaN(Number(known)) ? [text, { kind: 'number', value: Number(known) }] : [text];
}

/** `<`, with `>` by the other order; `undefined` where that is not known. */
export function isLess(a: Value, b: Value): boolean | undefined {
  if (a.kind === 'any' || b.kind === 'any') return undefined;
  if (a.kind === 'string' && b.kind === 'string') {
    const [left, right] = [literal(a.template)?.toUpperCase(), literal(b.template)?.toUpperCase()];
    return left === undefined || right === undefined ? undefined : left < right;
  }
  if (isComposite(a) || isComposite(b)) return false;
  // Of two nulls neither is less.
  if (a.kind === 'null' && b.kind === 'null') return false;
  const [left, right] = [numbersOf(a), numbersOf(b)];
  if (left?.length !== 1 || right?.length !== 1) return undefined;
  return (left[0] as number) < (right[0] as number);
}

function isComposite(value: Value): boolean {
  return value.kind === 'array' || value.kind === 'object';
}

/** The numbers that a primitive may stand for; `undefined` where any. */
function numbersOf(value: Value): readonly number[] | undefined {
  switch (value.kind) {
    case 'number':
      return [value.value];
    case 'null':
      return [0];
    case 'boolean':
      return value.value === undefined ? [0, 1] : [value.value ? 1 : 0];
    case 'string': {
      const known = literal(value.template);
      return known === undefined ? undefined : [Number(known)];
    }
    default:
      return undefined;
  }
}

/** `value[index]`, `value.name`; `index` is `'*'` for the filter. `undefined` where that is not known. */
export function access(value: Value, index: Value | '*'): Value | undefined {
  if (value.kind === 'any' || (value.kind === 'string' && literal(value.template) === undefined)) return undefined;
  if (value.kind === 'array' && value.filtered) {
    const found: Value[] = [];
    for (const item of value.items) {
      if (index === '*') found.push(...children(item));
      else {
        const child = isComposite(item) ? access(item, index) : nothing;
        if (!child) return undefined;
        if (child.kind !== 'null') found.push(child);
      }
    }
    return { kind: 'array', items: found, filtered: true };
  }
  if (index === '*') return { kind: 'array', items: children(value), filtered: true };
  const key = literal(coerceString(index, { start: 0, end: 0 }));
  if (key === undefined) return undefined;
  if (value.kind === 'object') return entry(value.entries, key) ?? nothing;
  if (value.kind !== 'array') return nothing;
  const number = index.kind === 'null' ? 0 : Number(key);
  return (number >= 0 ? value.items[Math.floor(number)] : undefined) ?? nothing;
}

function children(value: Value): readonly Value[] {
  if (value.kind === 'array') return value.items;
  return value.kind === 'object' ? [...value.entries.values()] : [];
}

/** Names of an object compare without case. */
function entry(entries: ReadonlyMap<string, Value>, name: string): Value | undefined {
  const exact = entries.get(name);
  if (exact) return exact;
  const lower = name.toLowerCase();
  for (const [key, value] of entries) if (key.toLowerCase() === lower) return value;
  return undefined;
}
