/** Longer texts are not matched with patterns. */
export const maxMatched = 160;

/** One piece of a pattern: any text, any character, or one of a set. */
type Piece = { readonly kind: 'star' } | { readonly kind: 'one'; readonly test: (character: string) => boolean };

/** A pattern and a text together are looked at for at most this many steps. */
const maxSteps = 20_000;

type Test = (character: string) => boolean;

const classes: Readonly<Record<string, Test>> = {
  alnum: character => /[a-zA-Z0-9]/.test(character),
  alpha: character => /[a-zA-Z]/.test(character),
  digit: character => /[0-9]/.test(character),
  lower: character => /[a-z]/.test(character),
  upper: character => /[A-Z]/.test(character),
  space: character => /\s/.test(character),
  blank: character => character === ' ' || character === '\t',
  punct: character => /[!-/:-@[-`{-~]/.test(character),
};

/** What the inside of `[…]` allows: characters, ranges and classes; `undefined` for a class that is not known. */
function parseSet(inner: string): Test | undefined {
  const tests: Test[] = [];
  for (let at = 0; at < inner.length; at++) {
    const name = inner.startsWith('[:', at) ? inner.slice(at + 2, inner.indexOf(':]', at)) : undefined;
    const [first = '', dash, last] = inner.slice(at, at + 3);
    if (name !== undefined) {
      const known = classes[name];
      if (!known) return undefined;
      tests.push(known);
      at += name.length + 3;
    } else if (dash === '-' && last !== undefined) {
      tests.push(character => character >= first && character <= last);
      at += 2;
    } else tests.push(character => character === first);
  }
  return character => tests.some(test => test(character));
}

/** A shell pattern (`v*`, `[0-9]?`, `[^a-z]`) taken apart; `undefined` for forms that are not understood. */
export function parseGlob(pattern: string): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === '\\' || (/[?*+@!]/.test(character) && pattern[at + 1] === '(')) return undefined;
    if (character === '*') pieces.push({ kind: 'star' });
    else if (character === '?') pieces.push({ kind: 'one', test: () => true });
    else if (character === '[') {
      const set = /^\[([!^]?)((?:\[:[a-z]+:\]|[^\]\\[])+)\]/.exec(pattern.slice(at, at + 200));
      const allowed = set?.[2] && parseSet(set[2]);
      if (!set || !allowed) return undefined;
      pieces.push({ kind: 'one', test: set[1] ? one => !allowed(one) : allowed });
      at += set[0].length - 1;
    } else pieces.push({ kind: 'one', test: one => one === character });
  }
  return pieces;
}

/** Every length of text, counted from `from`, that the pattern matches there, shortest first; `undefined` where that takes too long. */
export function matchLengths(pieces: readonly Piece[], text: string, from: number): readonly number[] | undefined {
  if ((text.length - from + 1) * (pieces.length + 1) > maxSteps) return undefined;
  let reached = new Set([from]);
  for (const piece of pieces) {
    const next = new Set<number>();
    if (piece.kind === 'star') {
      for (let at = Math.min(...reached); at <= text.length && reached.size > 0; at++) next.add(at);
    } else for (const at of reached) if (at < text.length && piece.test(text[at] as string)) next.add(at + 1);
    reached = next;
  }
  return [...reached].map(end => end - from).sort((a, b) => a - b);
}

/** Whether the whole text matches; `undefined` where the pattern is not understood. */
export function matchesGlob(pattern: string, text: string): boolean | undefined {
  const pieces = parseGlob(pattern);
  return pieces && matchLengths(pieces, text, 0)?.includes(text.length);
}
