import type { Template } from '../image/template.ts';
import { mayHold } from './filter.ts';
import { matchLengths, maxMatched, parseGlob } from './glob.ts';
import type { Change } from './parameters.ts';

/** `#`, `##`, `%`, `%%`. */
export function removal(operator: string, pattern: string | undefined): Change | undefined {
  const pieces = pattern === undefined ? undefined : parseGlob(pattern);
  if (pattern === undefined || !pieces) return undefined;
  const front = operator.startsWith('#');
  const longest = operator.length === 2;
  const text = (known: string) => {
    const quick = removedQuickly(known, pattern, front, longest);
    if (quick !== undefined || known.length > maxMatched) return quick;
    if (front) {
      const lengths = matchLengths(pieces, known, 0);
      return lengths && known.slice((longest ? lengths.at(-1) : lengths[0]) ?? 0);
    }
    for (let step = 0; step <= known.length; step++) {
      const from = longest ? step : known.length - step;
      const lengths = matchLengths(pieces, known, from);
      if (!lengths) return undefined;
      if (lengths.includes(known.length - from)) return known.slice(0, from);
    }
    return known;
  };
  return { text, form: form => removedPart(form, pattern, front, longest, text) };
}

/** The removal by the patterns that people write: plain text, `*` before or behind it. */
function removedQuickly(known: string, pattern: string, front: boolean, longest: boolean): string | undefined {
  const plain = front ? pattern.replace(/^\*/, '') : pattern.replace(/\*$/, '');
  if (plain === '' || /[*?[]/.test(plain)) return undefined;
  if (plain === pattern) {
    if (front) return known.startsWith(plain) ? known.slice(plain.length) : known;
    return known.endsWith(plain) ? known.slice(0, known.length - plain.length) : known;
  }
  const at = front === longest ? known.lastIndexOf(plain) : known.indexOf(plain);
  if (at < 0) return known;
  return front ? known.slice(at + plain.length) : known.slice(0, at);
}

/** The removal from a value of which an end is known: `v` of `v${{ x }}`, all up to the last `/` before what holds none. */
function removedPart(
  form: Template,
  pattern: string,
  front: boolean,
  longest: boolean,
  text: (known: string) => string | undefined,
): Template | undefined {
  const separator = front ? /^\*([^*?[]+)$/.exec(pattern)?.[1] : /^([^*?[]+)\*$/.exec(pattern)?.[1];
  if (separator === undefined) {
    const end = front ? form[0] : form.at(-1);
    if (/[*?[]/.test(pattern) || end?.kind !== 'text' || end.text.length < pattern.length) return undefined;
    const left = text(end.text) ?? end.text;
    const part = left === end.text ? [end] : left === '' ? [] : [{ ...end, text: left, derived: true as const }];
    return front ? [...part, ...form.slice(1)] : [...form.slice(0, -1), ...part];
  }
  // `##*/` looks from the end, `#*/` from the front; what may hold the separator ends the search.
  const fromEnd = front === longest;
  const order = fromEnd ? [...form.keys()].reverse() : [...form.keys()];
  for (const index of order) {
    const part = form[index];
    if (part?.kind !== 'text') {
      if (part?.kind !== 'hole' || mayHold(part, separator)) return undefined;
      continue;
    }
    const found = fromEnd ? part.text.lastIndexOf(separator) : part.text.indexOf(separator);
    if (found < 0) continue;
    const kept = front ? part.text.slice(found + separator.length) : part.text.slice(0, found);
    const piece: Template = kept === '' ? [] : [{ ...part, text: kept, derived: true }];
    return front ? [...piece, ...form.slice(index + 1)] : [...form.slice(0, index), ...piece];
  }
  return separator.length === 1 ? form : undefined;
}
