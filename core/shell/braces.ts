import type { WordPart } from 'unbash';

/** More words than people make with braces. */
const maxWords = 64;

/** The words that `{a,b}` and `{1..3}` make of one, as parts and plain strings; `undefined` for a word without parts. */
export function braced(parts: readonly WordPart[]): readonly (readonly (WordPart | string)[] | undefined)[] {
  if (parts.length === 0) return [undefined];
  if (!parts.some(({ type }) => type === 'BraceExpansion')) return [parts];
  let words: readonly (readonly (WordPart | string)[])[] = [[]];
  for (const part of parts) {
    const options = part.type === 'BraceExpansion' ? braceOptions(part.text) : undefined;
    const next = options ?? [part];
    if (words.length * next.length > maxWords) return [parts];
    words = words.flatMap(word => next.map(option => [...word, option]));
  }
  return words;
}

/** `a` and `b` of `{a,b}`; `undefined` for braces that hold braces or quotes. */
function braceOptions(text: string): readonly string[] | undefined {
  if (/["'\\$`]/.test(text)) return undefined;
  const inner = /^\{([^{}]+)\}$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  if (inner.includes(',')) return inner.split(',');
  const [, first, last] = /^(-?\d{1,6})\.\.(-?\d{1,6})$/.exec(inner) ?? [];
  if (first === undefined || last === undefined || /^-?0\d/.test(first)) return undefined;
  const from = Number(first);
  const step = Number(last) < from ? -1 : 1;
  const count = Math.abs(Number(last) - from) + 1;
  return count > maxWords ? undefined : Array.from({ length: count }, (_, index) => String(from + index * step));
}
