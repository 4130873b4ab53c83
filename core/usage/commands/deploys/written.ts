import { sliceText } from '../../../image/split.ts';
import type { Part, Template } from '../../../image/template.ts';
import type { Item } from '../../usage.ts';
import { itemIn } from '../flags.ts';

/**
 * What stands behind each match of `opening` (with the flag `g`) up to the first character of `closing`, in a text that a command is
 * given: JSON, YAML, a program. `opening` must lie in known text; the value may hold what is unknown.
 */
export function valuesBehind(word: Item, opening: RegExp, closing: RegExp): readonly (Item & { readonly opening: string })[] {
  const found: (Item & { readonly opening: string })[] = [];
  for (const [index, part] of word.template.entries()) {
    if (part.kind !== 'text') continue;
    for (const match of part.text.matchAll(opening)) {
      const value = until(word.template, index, match.index + match[0].length, closing);
      if (value.length > 0) found.push({ ...itemIn(word, value), opening: match[0] });
    }
  }
  return found;
}

function until(template: Template, index: number, offset: number, closing: RegExp): Template {
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
