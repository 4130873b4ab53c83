const maximumLength = 500;
const maximumAlternatives = 100;

/**
 * A path pattern as editors write them: `**`, `*`, `?`, `{a,b}` and `[a-z]`, against a whole path with `/`. A pattern without `/`
 * matches the name in any folder; what is too long to be meant matches nothing.
 */
export function glob(pattern: string): (path: string) => boolean {
  const alternatives = expandBraces(pattern.replace(/^\.?\//, '')).map(one => pathMatcher(one.includes('/') ? one : `**/${one}`));
  return path => alternatives.some(matches => matches(path));
}

/** The patterns that `{a,b}` stands for; none for what is too long, or too many, to be meant. */
export function expandBraces(pattern: string): readonly string[] {
  return pattern.length > maximumLength ? [] : expand([pattern]);
}

/** Why nothing will ever match a pattern, or not what its author thinks, in words that follow its name; `undefined` where it is fine. */
export function globProblem(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'is empty';
  if (pattern.length > maximumLength) return `is longer than ${maximumLength} characters`;
  if (expand([pattern]).length === 0) return `stands for more than ${maximumAlternatives} patterns`;
  const plain = pattern.replace(/\\./gsu, '').replace(/\[!?[^\]]{1,500}\]/gu, '');
  if (plain.includes('[')) return 'has a `[` that is not closed';
  return /^[^{}]*$/u.test(expand([plain]).join('')) ? undefined : 'has a brace without its other half';
}

/** One character of a pattern: any run of characters, or those that it accepts. */
export type Token = '*' | ((character: string) => boolean);

/**
 * A pattern of segments as globs and ignore files share it: `**`, `*`, `?`, `[a-z]`, `\` before what stands for itself. Patterns come
 * with repositories that nobody need trust, so they are followed step by step and never become a regular expression.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const segments = pattern.split('/').map(segment => (segment === '**' ? ('**' as const) : tokens(segment)));
  const steps = { repeats: (one: '**' | readonly Token[]) => one === '**', matches: matchesName };
  return path => walk(segments, path.split('/'), steps);
}

function matchesName(segment: '**' | readonly Token[], name: string): boolean {
  const steps = { repeats: (one: Token) => one === '*', matches: (token: Token, character: string) => token === '*' || token(character) };
  return segment === '**' || walk(segment, [...name], steps);
}

interface Steps<P, I> {
  /** True for a part that stands for any number of items. */
  readonly repeats: (part: P) => boolean;
  readonly matches: (part: P, item: I) => boolean;
}

/** Whether the parts match all items, following every possible place in the pattern at once: linear in parts times items. */
function walk<P, I>(parts: readonly P[], items: readonly I[], { repeats, matches }: Steps<P, I>): boolean {
  const reach = (places: ReadonlySet<number>): Set<number> => {
    const all = new Set(places);
    // A set visits what is added to it on the way.
    for (const at of all) if (at < parts.length && repeats(parts[at] as P)) all.add(at + 1);
    return all;
  };
  let places = reach(new Set([0]));
  for (const item of items) {
    const next = new Set<number>();
    for (const at of places) if (at < parts.length && matches(parts[at] as P, item)) next.add(repeats(parts[at] as P) ? at : at + 1);
    places = reach(next);
  }
  return places.has(parts.length);
}

/** A segment's tokens; `[a-z]` and `?` are one. */
export function tokens(segment: string): readonly Token[] {
  const parts = segment.match(/\\.|\[!?[^\]]{1,500}\]|\*+|./gsu) ?? [];
  return parts.map((part): Token => {
    if (part.startsWith('\\') && part.length > 1) return character => character === part.slice(1);
    if (part.startsWith('*')) return '*';
    if (part === '?') return () => true;
    if (!/^\[.+\]$/su.test(part)) return character => character === part;
    const negated = part.startsWith('[!');
    const ranges = part.slice(negated ? 2 : 1, -1).match(/.-.|./gsu) ?? [];
    return character => negated !== ranges.some(range => character >= range.slice(0, 1) && character <= range.slice(-1));
  });
}

/** Takes braces apart from the innermost on; none are left, or there are too many alternatives and nothing is. */
function expand(patterns: readonly string[]): readonly string[] {
  if (patterns.length > maximumAlternatives) return [];
  if (!patterns.some(pattern => /\{[^{}]*\}/.test(pattern))) return patterns;
  return expand(
    patterns.flatMap(pattern => {
      const braces = /\{([^{}]*)\}/.exec(pattern);
      return braces ? (braces[1] as string).split(',').map(one => pattern.replace(braces[0], () => one)) : [pattern];
    }),
  );
}
