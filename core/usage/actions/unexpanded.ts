import { sliceText } from '../../image/split.ts';
import { hole, type Template, type TextPart } from '../../image/template.ts';
import type { Item } from '../usage.ts';

/** `$IMAGE`, `${TAG:-dev}`, `$(date)`. */
const variable = /\$(?:[A-Za-z_]\w*|\{[A-Za-z_][^{}$\n]*\}|\([^()$\n]*\))/;

/** A variable that stands in a text which no shell reads: the tool gets it as it is written. */
export interface Unexpanded {
  /** Its characters, as a text with their place. */
  readonly written: Template;
  readonly name: string;
  /** In what is read from, where a name that is none is no failure. */
  readonly isImport?: true;
}

/** An item with the variables of a shell in it taken for unknown: what somebody meant them to be nobody can tell. */
export function withoutVariables(item: Item, found: Unexpanded[]): Item {
  if (!item.template.some(part => part.kind === 'text' && part.text.includes('$'))) return item;
  return { ...item, template: item.template.flatMap(part => (part.kind === 'text' ? replaced(part, found) : [part])) };
}

function replaced(part: TextPart, found: Unexpanded[]): Template {
  const match = variable.exec(part.text);
  if (!match) return [part];
  const end = match.index + match[0].length;
  const written = sliceText(part, match.index, end);
  found.push({ written: [written], name: match[0] });
  const before = match.index > 0 ? [sliceText(part, 0, match.index)] : [];
  const stand = hole(match[0], 'unknown', written.at).map(one => ({ ...one, via: part.via }));
  const after = end < part.text.length ? replaced(sliceText(part, end), found) : [];
  return [...before, ...stand, ...after];
}
