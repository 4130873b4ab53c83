import { splitCsv, splitOnce, trim } from '../image/split.ts';
import { literal, type Template } from '../image/template.ts';
import type { Attribute } from './usage.ts';

/** The `key=value` fields of one option (`type=registry,ref=…`), as Docker reads its CSV. A field without `=` has an empty key. */
export function readAttributes(entry: Template): readonly Attribute[] {
  return splitCsv(entry).map(field => {
    const pair = splitOnce(field, '=');
    const key = pair ? literal(pair[0]) : undefined;
    return pair && key !== undefined ? { key, value: pair[1], template: field } : { key: '', value: field, template: field };
  });
}

/** A cache entry's backend: its `type`, or `registry` for a bare reference. `undefined` where it cannot be known. */
export function cacheType(attributes: readonly Attribute[]): { type: string; bare: boolean } | undefined {
  const type = attributes.find(({ key }) => key.trim() === 'type');
  if (type) {
    const name = literal(trim(type.value));
    return name === undefined ? undefined : { type: name, bare: false };
  }
  const [only] = attributes;
  // An entry that is one expression may be any list of attributes.
  const known = attributes.length === 1 && only?.key === '' && only.value.some(part => part.kind === 'text' && /[/:]/.test(part.text));
  return known ? { type: 'registry', bare: true } : undefined;
}
