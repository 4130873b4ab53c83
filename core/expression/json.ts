import { derived, literal, type Part, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { nothing, string, type Value } from './value.ts';

// One private-use character stands for one unknown part while JSON's own reader does the work.
const firstPlaceholder = 0xe000;
const lastPlaceholder = 0xf8ff;
const placeholder = /[\uE000-\uF8FF]/;

/**
 * `fromJSON(text)`: the value, whose strings may have unknown parts. `undefined` where the structure itself is unknown or no JSON;
 * parts stand at `at`.
 */
export function fromJson(text: Template, at: Span): Value | undefined {
  const holes: Part[] = [];
  let source = '';
  for (const part of text) {
    if (part.kind === 'text') {
      if (placeholder.test(part.text)) return undefined;
      source += part.text;
    } else {
      if (firstPlaceholder + holes.length > lastPlaceholder) return undefined;
      source += String.fromCharCode(firstPlaceholder + holes.length);
      holes.push(part);
    }
  }
  try {
    return jsonValue(JSON.parse(source), holes, at);
  } catch {
    return undefined;
  }
}

function jsonValue(json: unknown, holes: readonly Part[], at: Span): Value {
  if (json === null) return nothing;
  if (typeof json === 'string') return string(withHoles(json, holes, at));
  if (typeof json === 'number') return { kind: 'number', value: json };
  if (typeof json === 'boolean') return { kind: 'boolean', value: json, template: derived(String(json), at) };
  if (Array.isArray(json)) return { kind: 'array', items: json.map(item => jsonValue(item, holes, at)) };
  const entries = Object.entries(json as object).map(([key, value]) => [key, jsonValue(value, holes, at)] as const);
  return { kind: 'object', entries: new Map(entries) };
}

function withHoles(text: string, holes: readonly Part[], at: Span): Template {
  return text.split(/([\uE000-\uF8FF])/).flatMap((piece): Template => {
    const part = placeholder.test(piece) ? holes[piece.charCodeAt(0) - firstPlaceholder] : undefined;
    return part ? [part] : derived(piece, at);
  });
}

/** `toJSON(value)` with GitHub's indentation. `undefined` where the type of a part is unknown. */
export function toJson(value: Value, at: Span): Template | undefined {
  const holes: Part[] = [];
  const json = plain(value, holes);
  if (json === undefined) return undefined;
  return withHoles(JSON.stringify(json, undefined, '  '), holes, at);
}

function plain(value: Value, holes: Part[]): unknown {
  switch (value.kind) {
    case 'null':
      return null;
    case 'number':
      return value.value;
    case 'boolean':
      return value.value;
    case 'any':
      return undefined;
    case 'string':
      return placed(value.template, holes);
    case 'array': {
      const items = value.items.map(item => plain(item, holes));
      return items.includes(undefined) ? undefined : items;
    }
    case 'object': {
      const entries = [...value.entries].map(([key, item]) => [key, plain(item, holes)] as const);
      return entries.some(([, item]) => item === undefined) ? undefined : Object.fromEntries(entries);
    }
  }
}

function placed(template: Template, holes: Part[]): string | undefined {
  const known = literal(template);
  if (known !== undefined) return placeholder.test(known) ? undefined : known;
  let text = '';
  for (const part of template) {
    if (part.kind === 'text') {
      if (placeholder.test(part.text)) return undefined;
      text += part.text;
    } else {
      if (firstPlaceholder + holes.length > lastPlaceholder) return undefined;
      text += String.fromCharCode(firstPlaceholder + holes.length);
      holes.push(part);
    }
  }
  return text;
}
