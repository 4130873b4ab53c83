import type { Span } from '../text/span.ts';
import { derived, type Part, type Template, type TextPart } from './template.ts';

/** True where each character of the text stands in the file at its own offset, so that a piece of it can be pointed at. */
export function isLinear(part: TextPart): boolean {
  return !part.derived && part.via.length === 0 && part.at.end - part.at.start === part.text.length;
}

/** A piece of a text part, with its own place where that can be told. */
export function sliceText(part: TextPart, from: number, to: number = part.text.length): TextPart {
  const text = part.text.slice(from, to);
  if (!isLinear(part)) return { ...part, text };
  return { ...part, text, at: { start: part.at.start + from, end: part.at.start + to } };
}

/**
 * Splits at the characters of `separators` (a regular expression class without flags), in known text only: what a hole holds is not
 * split. Empty pieces are kept.
 */
export function split(template: Template, separators: { test(character: string): boolean }): readonly Template[] {
  let piece: Part[] = [];
  const pieces = [piece];
  for (const part of template) {
    // Most texts hold none: asked for at once, a class answers for every character.
    if (part.kind !== 'text' || (separators instanceof RegExp && !separators.test(part.text))) {
      piece.push(part);
      continue;
    }
    const { text } = part;
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      if (!separators.test(text[at] as string)) continue;
      if (at > from) piece.push(sliceText(part, from, at));
      piece = [];
      pieces.push(piece);
      from = at + 1;
    }
    if (from < text.length) piece.push(sliceText(part, from));
  }
  return pieces;
}

/** Splits once, at the first occurrence of `separator` in known text. */
export function splitOnce(template: Template, separator: string): readonly [Template, Template] | undefined {
  const cut = splitAt(template, (text, from) => text.indexOf(separator, from), separator.length);
  return cut && [cut.before, cut.after];
}

/** Splits where `find` (given known text, where to look from and the part's index) first answers an offset; the separator is `length` long. */
export function splitAt(
  template: Template,
  find: (text: string, from: number, part: number) => number,
  length = 1,
): { readonly before: Template; readonly separator: Template; readonly after: Template } | undefined {
  for (let index = 0; index < template.length; index++) {
    const part = template[index] as Part;
    const at = part.kind === 'text' ? find(part.text, 0, index) : -1;
    if (part.kind !== 'text' || at < 0) continue;
    const before = at > 0 ? [sliceText(part, 0, at)] : [];
    const after = at + length < part.text.length ? [sliceText(part, at + length)] : [];
    return {
      before: [...template.slice(0, index), ...before],
      separator: [sliceText(part, at, at + length)],
      after: [...after, ...template.slice(index + 1)],
    };
  }
  return undefined;
}

/** Without white space at both ends. */
export function trim(template: Template): Template {
  const parts = [...template];
  while (parts[0]?.kind === 'text') {
    const kept = parts[0].text.trimStart();
    if (kept.length === parts[0].text.length) break;
    const part = sliceText(parts[0], parts[0].text.length - kept.length);
    if (kept === '') parts.shift();
    else {
      parts[0] = part;
      break;
    }
  }
  for (let last = parts.at(-1); last?.kind === 'text'; last = parts.at(-1)) {
    const kept = last.text.trimEnd();
    if (kept.length === last.text.length) break;
    parts.pop();
    if (kept === '') continue;
    parts.push(sliceText(last, 0, kept.length));
    break;
  }
  return parts;
}

/** One CSV record, as Docker's tools read an option: fields by comma, a quoted field keeps its commas and loses its quotes. */
export function splitCsv(template: Template): readonly Template[] {
  const fields: Part[][] = [[]];
  let quoted = false;
  for (const part of template) {
    if (part.kind !== 'text') {
      fields.at(-1)?.push(part);
      continue;
    }
    let from = 0;
    for (let at = 0; at <= part.text.length; at++) {
      const character = part.text[at];
      const atField = fields.at(-1) as Part[];
      const opens = character === '"' && (quoted || (atField.length === 0 && at === from));
      if (character !== undefined && !opens && (character !== ',' || quoted)) continue;
      if (at > from) atField.push(sliceText(part, from, at));
      from = at + 1;
      if (opens) quoted = !quoted;
      else if (character === ',') fields.push([]);
    }
  }
  return fields;
}

/** The templates with `separator` between them; it stands at `at`, or where what follows it stands. */
export function join(templates: readonly Template[], separator: string, at?: Span): Template {
  return templates.flatMap((template, index): Template => {
    if (index === 0) return template;
    return [...derived(separator, at ?? template[0]?.at ?? { start: 0, end: 0 }), ...template];
  });
}
