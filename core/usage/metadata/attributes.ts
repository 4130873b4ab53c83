import { split, trim } from '../../image/split.ts';
import type { Template } from '../../image/template.ts';
import { readAttributes } from '../attributes.ts';
import type { Attribute } from '../usage.ts';

/** Attributes of one line by their key in lower case, as metadata-action reads them: a field without `=` is `value`, a later equal key wins. */
export function attributesOf(line: Template): { readonly all: readonly Attribute[]; readonly byKey: ReadonlyMap<string, Template> } {
  const all = readAttributes(line);
  const byKey = new Map<string, Template>();
  for (const { key, value } of all)
    byKey.set(key === '' ? 'value' : key.trim().toLowerCase(), trim(key === '' ? value : toNextSign(value)));
  return { all, byKey };
}

/** The action splits a field at each `=` and takes the first two pieces. */
function toNextSign(value: Template): Template {
  return split(value, /=/)[0] ?? [];
}
