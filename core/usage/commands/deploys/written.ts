import { sliceText } from '../../../image/split.ts';
import { literal, type Part, type Template } from '../../../image/template.ts';
import type { Item } from '../../usage.ts';
import { itemIn } from '../flags.ts';

/**
 * What stands behind each match of `opening` (with the flag `g`) up to the first character of `closing`, in a text that a command is
 * given: JSON, YAML, a program. `opening` must lie in known text; the value may hold what is unknown.
 */
export function valuesBehind(word: Item, opening: RegExp, closing: RegExp): readonly (Item & { readonly opening: string })[] {
  const found: (Item & { readonly opening: string })[] = [];
  const { template } = word;
  for (let index = 0; index < template.length; index++) {
    if (template[index]?.kind !== 'text') continue;
    // Known text may come in pieces, for its escapes.
    let end = index;
    while (template[end]?.kind === 'text') end++;
    const text = literal(template.slice(index, end)) ?? '';
    for (const match of text.matchAll(opening)) {
      const value = until(template, placeOf(template, index, match.index + match[0].length), closing);
      if (value.length > 0) found.push({ ...itemIn(word, value), opening: match[0] });
    }
    index = end;
  }
  return found;
}

interface Place {
  readonly index: number;
  readonly offset: number;
}

/** Where the character `offset` of the text that begins with the part `index` stands. */
function placeOf(template: Template, index: number, offset: number): Place {
  for (let at = index, rest = offset; at < template.length; at++) {
    const part = template[at] as Part;
    const length = part.kind === 'text' ? part.text.length : 0;
    if (part.kind !== 'text' || rest < length) return { index: at, offset: part.kind === 'text' ? rest : 0 };
    rest -= length;
  }
  return { index: template.length, offset: 0 };
}

function until(template: Template, { index, offset }: Place, closing: RegExp): Template {
  const value: Part[] = [];
  for (let at = index, from = offset; at < template.length; at++, from = 0) {
    const part = template[at] as Part;
    if (part.kind !== 'text') {
      value.push(part);
      continue;
    }
    const end = part.text.slice(from).search(closing);
    const to = end < 0 ? part.text.length : from + end;
    if (to > from) value.push(sliceText(part, from, to));
    if (end >= 0) break;
  }
  return value;
}

const yamlImage = /(?:^|\n)[ \t]*(?:-[ \t]+)?["']?image["']?:[ \t]+["']?(?=[^\s#{|>"'])/g;
const yamlImageInBraces = /[{,][ \t]*["']?image["']?:[ \t]*["']?(?=[^\s{"'])/g;
const yamlEnd = /["'\s,}]/;

/** `image: X` in the text of manifests. */
export function yamlImages(word: Item): readonly Item[] {
  return [...valuesBehind(word, yamlImage, yamlEnd), ...valuesBehind(word, yamlImageInBraces, yamlEnd)];
}

const jsonImage = /\\?"(?:image|Image|imageUri|ImageUri|ImageIdentifier)\\?"[ \t\n]*:[ \t\n]*\\?"/g;

/** `"image": "X"` in JSON. */
export function jsonImages(word: Item): readonly Item[] {
  return valuesBehind(word, jsonImage, /["\\]/);
}
