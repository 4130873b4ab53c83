import { type Characters, everyCharacter, holdsCharacter, noCharacter, union } from './characters.ts';

/** A pattern as a tree, whichever syntax it was written in: what a shell's glob and a regular expression have in common. */
export type PatternTree =
  | { readonly kind: 'set'; readonly set: Characters }
  | { readonly kind: 'row'; readonly items: readonly PatternTree[] }
  | { readonly kind: 'either'; readonly options: readonly PatternTree[] }
  | { readonly kind: 'repeat'; readonly item: PatternTree; readonly least: number; readonly most: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

export const anyText: PatternTree = {
  kind: 'repeat',
  item: { kind: 'set', set: everyCharacter },
  least: 0,
  most: Number.POSITIVE_INFINITY,
};

export function row(...items: readonly PatternTree[]): PatternTree {
  return { kind: 'row', items };
}

/** Texts longer than this are not matched. */
const maxText = 400;

/** Where in a text the pattern's matches end that begin at one of `from`. */
function ends(pattern: PatternTree, text: string, from: ReadonlySet<number>): ReadonlySet<number> {
  switch (pattern.kind) {
    case 'set':
      return new Set([...from].filter(at => at < text.length && holdsCharacter(pattern.set, text[at] as string)).map(at => at + 1));
    case 'start':
      return new Set([...from].filter(at => at === 0));
    case 'end':
      return new Set([...from].filter(at => at === text.length));
    case 'row':
      return pattern.items.reduce((reached, item) => (reached.size === 0 ? reached : ends(item, text, reached)), from);
    case 'either':
      return new Set(pattern.options.flatMap(option => [...ends(option, text, from)]));
    case 'repeat':
      return repeated(pattern, text, from);
  }
}

function repeated(
  { item, least, most }: Extract<PatternTree, { kind: 'repeat' }>,
  text: string,
  from: ReadonlySet<number>,
): ReadonlySet<number> {
  let reached = from;
  // More turns than the text has characters add only empty ones.
  for (let turn = 0; turn < Math.min(least, text.length + 1); turn++) reached = ends(item, text, reached);
  const all = new Set(reached);
  for (let turn = least; turn < most && reached.size > 0; turn++) {
    reached = new Set([...ends(item, text, reached)].filter(at => !all.has(at)));
    for (const at of reached) all.add(at);
  }
  return all;
}

/** Whether the pattern matches the whole text; `undefined` where that would take long. */
export function matchesWhole(pattern: PatternTree, text: string): boolean | undefined {
  return text.length > maxText ? undefined : ends(pattern, text, new Set([0])).has(text.length);
}

/** What a search finds anywhere, as a pattern of the whole text. */
export function searched(pattern: PatternTree): PatternTree {
  return row(anyText, pattern, anyText);
}

/** A search's pattern whose matches begin and end with the text, as one of the whole text; otherwise as `searched`. */
export function wholeOf(pattern: PatternTree): PatternTree {
  if (isAnchored(pattern, 'start')) return isAnchored(pattern, 'end') ? pattern : row(pattern, anyText);
  return isAnchored(pattern, 'end') ? row(anyText, pattern) : searched(pattern);
}

/** Whether each match begins at the start of the text (ends at its end). `^a|b$` does neither. */
function isAnchored(pattern: PatternTree, anchor: 'start' | 'end'): boolean {
  switch (pattern.kind) {
    case 'start':
    case 'end':
      return pattern.kind === anchor;
    case 'set':
      return false;
    case 'either':
      return pattern.options.length > 0 && pattern.options.every(option => isAnchored(option, anchor));
    case 'repeat':
      return pattern.least > 0 && isAnchored(pattern.item, anchor);
    case 'row': {
      const outer = anchor === 'start' ? pattern.items[0] : pattern.items.at(-1);
      return outer !== undefined && isAnchored(outer, anchor);
    }
  }
}

/** Every character that a text which matches as a whole may hold. */
export function charactersIn(pattern: PatternTree): Characters {
  switch (pattern.kind) {
    case 'set':
      return pattern.set;
    case 'start':
    case 'end':
      return noCharacter;
    case 'repeat':
      return pattern.most === 0 ? noCharacter : charactersIn(pattern.item);
    case 'row':
      return pattern.items.map(charactersIn).reduce(union, noCharacter);
    case 'either':
      return pattern.options.map(charactersIn).reduce(union, noCharacter);
  }
}

/** How many characters a match has at least and at most. */
export function lengthOf(pattern: PatternTree): readonly [least: number, most: number] {
  switch (pattern.kind) {
    case 'set':
      return [1, 1];
    case 'start':
    case 'end':
      return [0, 0];
    case 'row': {
      const lengths = pattern.items.map(lengthOf);
      return [lengths.reduce((sum, [least]) => sum + least, 0), lengths.reduce((sum, [, most]) => sum + most, 0)];
    }
    case 'either': {
      const lengths = pattern.options.map(lengthOf);
      return [Math.min(...lengths.map(([least]) => least)), Math.max(...lengths.map(([, most]) => most))];
    }
    case 'repeat': {
      const [least, most] = lengthOf(pattern.item);
      return [least * pattern.least, most === 0 || pattern.most === 0 ? 0 : most * pattern.most];
    }
  }
}

/** A short text that the pattern matches, of ordinary characters where it may choose. */
export function sampleOf(pattern: PatternTree): string {
  switch (pattern.kind) {
    case 'set':
      return [...'a1v0fA.-_/: '].find(character => holdsCharacter(pattern.set, character)) ?? firstIn(pattern.set);
    case 'start':
    case 'end':
      return '';
    case 'row':
      return pattern.items.map(sampleOf).join('');
    case 'either':
      return pattern.options[0] ? sampleOf(pattern.options[0]) : '';
    case 'repeat':
      return sampleOf(pattern.item).repeat(Math.min(pattern.least, 64));
  }
}

function firstIn(set: Characters): string {
  for (let code = 33; code < 128; code++) if (holdsCharacter(set, String.fromCharCode(code))) return String.fromCharCode(code);
  return set.other ? 'é' : '';
}

/** The single set that a search without anchors looks for: `[^a-z]`, `[^a-z]+`; a text that it does not find holds none of it. */
export function soughtSet(pattern: PatternTree): Characters | undefined {
  switch (pattern.kind) {
    case 'set':
      return pattern.set;
    case 'repeat':
      return pattern.least === 1 ? soughtSet(pattern.item) : undefined;
    case 'row': {
      const items = pattern.items.filter(item => item !== anyText);
      return items.length === 1 && items[0] ? soughtSet(items[0]) : undefined;
    }
    case 'either': {
      const sets = pattern.options.map(soughtSet).filter(set => set !== undefined);
      return sets.length > 0 ? sets.reduce(union) : undefined;
    }
    default:
      return undefined;
  }
}
