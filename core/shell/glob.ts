/** One piece of a pattern: any text, any character, or one of a set. */
type Piece = { readonly kind: 'star' } | { readonly kind: 'one'; readonly test: (character: string) => boolean };

/** A pattern and a text together are looked at for at most this many steps. */
const maxSteps = 20_000;

const classes: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: ' \\t\\n\\r\\f\\v',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
};

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
      const inner = set?.[2]?.replace(/\[:([a-z]+):\]/g, (_all, name: string) => classes[name] ?? '');
      if (!set || !inner || inner.includes('^')) return undefined;
      const allowed = new RegExp(`^[${inner.replace(/[\]/]/g, '\\$&')}]$`);
      pieces.push({ kind: 'one', test: set[1] ? one => !allowed.test(one) : one => allowed.test(one) });
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
