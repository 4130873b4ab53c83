import { sliceText } from '../image/split.ts';
import { alternatives, type Part, type Template, type TextPart } from '../image/template.ts';

/** A stretch of a word: an expansion outside quotes is split at white space, what stands in quotes is there even when it is empty. */
export interface Segment {
  readonly template: Template;
  readonly kind: 'text' | 'quoted' | 'splits';
}

export interface Field {
  readonly template: Template;
  /** A form of it that is not told apart here holds a separator. */
  readonly splits?: true;
}

/** The fields that the shell makes of a word. */
export function splitFields(segments: readonly Segment[], separators: string): readonly Field[] {
  const fields: { parts: Part[]; there: boolean; splits: boolean }[] = [{ parts: [], there: false, splits: false }];
  const current = () => fields.at(-1) as (typeof fields)[number];
  for (const { template, kind } of segments) {
    if (kind === 'quoted') current().there = true;
    for (const part of template) {
      if (kind === 'splits' && part.kind === 'text')
        splitText(
          part,
          separators,
          () => fields.push({ parts: [], there: false, splits: false }),
          piece => current().parts.push(piece),
        );
      else {
        current().parts.push(part);
        if (kind === 'splits' && part.kind === 'choice' && part.options.some(option => mayHold(option, separators)))
          current().splits = true;
      }
    }
  }
  return fields
    .filter(({ parts, there }) => there || parts.length > 0)
    .map(({ parts, splits, there }) => ({ parts, splits: splits || (!there && parts.length === 1 && mayBeEmpty(parts[0])) }))
    .map(({ parts, splits }) => ({ template: parts, ...(splits && { splits: true as const }) }));
}

function splitText(part: TextPart, separators: string, next: () => void, take: (piece: TextPart) => void): void {
  let from = 0;
  for (let at = 0; at <= part.text.length; at++) {
    const character = part.text[at];
    if (character !== undefined && !separators.includes(character)) continue;
    if (at > from) take(sliceText(part, from, at));
    if (character !== undefined) next();
    from = at + 1;
  }
}

function mayHold(template: Template, separators: string): boolean {
  return alternatives(template).some(form =>
    form.some(part => part.kind === 'text' && [...separators].some(one => part.text.includes(one))),
  );
}

function mayBeEmpty(part: Part | undefined): boolean {
  return part?.kind === 'choice' && alternatives([part]).some(form => form.length === 0);
}
