import type { Shape } from '../image/shape.ts';
import { holdsSlash, isWord } from '../image/shape.ts';
import { mayHoldAny } from '../image/shapeCharacters.ts';
import { changedHole, derived, type HolePart, literal, type Template, type TextPart } from '../image/template.ts';
import type { Change } from './parameters.ts';

/** What a filter makes of what it reads; `whole`: it writes no line break of its own. */
export interface Filter extends Change {
  readonly whole?: true;
}

/** A change of each line. */
export function each(change: (line: string) => string | undefined, form?: Filter['form']): Filter {
  return {
    text: known => {
      const changedLines = known.split('\n').map(change);
      return changedLines.every(line => line !== undefined) ? changedLines.join('\n') : undefined;
    },
    ...(form && { form }),
  };
}

/** One change after the other. */
export function inTurn(changes: readonly Filter[]): Filter {
  return {
    text: known => changes.reduce<string | undefined>((text, change) => (text === undefined ? undefined : change.text(text)), known),
    form: (form, at, source) =>
      changes.reduce<Template | undefined>((current, change) => {
        const known = current && literal(current);
        if (known === undefined) return current && change.form?.(current, at, source);
        const text = change.text(known);
        return text === undefined ? undefined : derived(text, at);
      }, form),
  };
}

export function breaks(form: Template): boolean {
  return form.some(part => part.kind === 'text' && part.text.includes('\n'));
}

/** What a filter that knows lines leaves of a form: those that a value has of them stay, whatever becomes of each. */
export function lineByLine(form: Template, filter: (form: Template) => Template | undefined): Template | undefined {
  const isSeveral = form.some(part => part.kind === 'hole' && part.shape === 'anything');
  return isSeveral ? undefined : filter(form);
}

/** Whether what is not known may hold a separator. */
export function mayHold({ shape }: HolePart, separator: string): boolean {
  if (shape === 'repository' || shape === 'path' || shape === 'plain' || shape === 'number') return mayHoldAny(shape, separator);
  if (shape === 'gitRef') return separator !== ':';
  if (shape === 'digest') return separator.length > 1 || /[0-9a-fhs:]/.test(separator);
  if (shape === 'digestHex') return separator.length > 1 || /[0-9a-f]/.test(separator);
  if (!isWord(shape)) return true;
  return /^[\w.-]/.test(separator) || separator.length > 1;
}

/** Whether what is not known may hold a text. */
export function canHold(part: HolePart, text: string): boolean {
  return [...text].every(character => mayHold(part, character));
}

/** A text part with another text, nothing where that is empty. */
export function withText(part: TextPart, text: string): Template {
  return text === part.text ? [part] : text === '' ? [] : [{ ...part, text, derived: true }];
}

/** What is not known after something in it may have become `by`. */
export function replacedHole(part: HolePart, by: string, source: string): HolePart {
  return changedHole(part, source, shapeWith(part.shape, by));
}

function shapeWith(shape: Shape, by: string): Shape {
  if (shape === 'unknown' || shape === 'anything' || by.includes('\n')) return shape === 'unknown' ? shape : 'anything';
  if (isWord(shape) && !holdsSlash(shape) && /^[\w.-]*$/.test(by)) return shape === 'branchTag' ? shape : 'tagSafe';
  if ((isWord(shape) || shape === 'gitRef') && /^[\w./-]*$/.test(by)) return 'gitRef';
  return 'line';
}
