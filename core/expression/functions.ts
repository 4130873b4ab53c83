import { derived, literal, type Part, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { contains as containsText, endsWith, startsWith } from './compare.ts';
import { coerceString, equals, type Value } from './value.ts';

const isPrimitive = ({ kind }: Value) => kind !== 'array' && kind !== 'object';

/** `contains(search, item)`: an item of an array, or a part of a text. */
export function contains(search: Value, item: Value, at: Span): boolean | undefined {
  if (search.kind === 'array') {
    const verdicts = search.items.map(value => equals(item, value));
    return verdicts.includes(true) ? true : verdicts.includes(undefined) ? undefined : false;
  }
  if (!isPrimitive(search) || !isPrimitive(item)) return false;
  return containsText(coerceString(search, at), coerceString(item, at));
}

/** `startsWith` or `endsWith`. */
export function hasEnd(end: 'start' | 'end', text: Value, part: Value, at: Span): boolean | undefined {
  if (!isPrimitive(text) || !isPrimitive(part)) return false;
  return (end === 'start' ? startsWith : endsWith)(coerceString(text, at), coerceString(part, at));
}

/** `join(array, separator)`; a text is itself. */
export function join(list: Value, separator: Value | undefined, at: Span): Template {
  if (isPrimitive(list)) return coerceString(list, at);
  if (list.kind !== 'array') return [];
  const between = separator && isPrimitive(separator) ? coerceString(separator, at) : derived(',', at);
  return list.items.flatMap((item, index) => [...(index === 0 ? [] : between), ...coerceString(item, at)]);
}

/** `format(pattern, …)`; `undefined` where the pattern is unknown or GitHub would refuse it. */
export function format(pattern: Template, args: readonly Template[], at: Span): Template | undefined {
  const known = literal(pattern);
  if (known === undefined) return undefined;
  const parts: Part[] = [];
  for (const piece of known.split(/(\{\{|\}\}|\{\d{1,3}\}|[{}])/)) {
    const index = /^\{(\d+)/.exec(piece)?.[1];
    if (index !== undefined) {
      const argument = args[Number(index)];
      if (!argument) return undefined;
      parts.push(...argument);
    } else if (piece === '{' || piece === '}') return undefined;
    else parts.push(...derived(piece === '{{' ? '{' : piece === '}}' ? '}' : piece, at));
  }
  return parts;
}
