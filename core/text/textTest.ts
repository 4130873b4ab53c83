import { type Characters, complement, everyCharacter, intersection, noCharacter, singleCharacter, union } from './characters.ts';
import { anyText, charactersIn, matchesWhole, type PatternTree, sampleOf, soughtSet } from './patternTree.ts';

/** A check of a text, as a shell or a script makes it. */
export interface TextTest {
  /** As it is written, for people. */
  readonly written: string;
  /** Whether a text passes; `undefined` where that cannot be told. */
  passes(text: string): boolean | undefined;
  /** What the characters of a text are when the check gave `truth`; `oneLine`: the text has no line break. */
  characters(truth: boolean, oneLine: boolean): Characters;
  /** The pattern that the whole of a passing text matches, where that is so. */
  readonly whole?: PatternTree;
  /** It looks at each line by itself: `whole` is of a text that has only one. */
  readonly byLine?: true;
  /** A number as `test` reads it. */
  readonly shape?: 'number';
  /** It runs what the text says: arithmetic in `[[ ]]`. */
  readonly computes?: true;
  /** Whether it is about what a text is made of: sets of characters, not only a name or how it begins. */
  readonly isShape: boolean;
  /** Texts that pass, from which others are made that may. */
  readonly samples: readonly string[];
}

/** The whole text against a pattern: `case`, `[[ == ]]`, `=~`. */
export function wholeTest(pattern: PatternTree, written: string): TextTest {
  const sought = soughtAnywhere(pattern);
  return {
    written,
    passes: text => matchesWhole(pattern, text),
    characters: truth => (truth ? charactersIn(pattern) : sought ? complement(sought) : everyCharacter),
    whole: pattern,
    isShape: hasSet(pattern),
    samples: [sampleOf(pattern)],
  };
}

/** The whole text is this one. */
export function textTest(text: string, written: string): TextTest {
  return wholeTest(
    { kind: 'row', items: [...text].map(character => ({ kind: 'set', set: singleCharacter(character) }) as const) },
    written,
  );
}

/** Line by line, as grep looks: one line that matches is enough. `inverted`: one that does not. */
export function lineTest(pattern: PatternTree, written: string, inverted: boolean): TextTest {
  const sought = soughtAnywhere(pattern);
  const outside = sought ? complement(sought) : everyCharacter;
  const alone = inverted ? outside : charactersIn(pattern);
  const never = inverted ? charactersIn(pattern) : outside;
  const matches = (line: string) => {
    const found = matchesWhole(pattern, line);
    return found === undefined ? undefined : found !== inverted;
  };
  return {
    written,
    passes: text => {
      const lines = text.split('\n').map(matches);
      return lines.includes(true) ? true : lines.includes(undefined) ? undefined : false;
    },
    characters: (truth, oneLine) => {
      if (oneLine) return truth ? alone : never;
      return truth ? everyCharacter : union(never, singleCharacter('\n'));
    },
    ...(!inverted && { whole: pattern }),
    byLine: true,
    isShape: hasSet(pattern),
    samples: inverted ? [] : [sampleOf(pattern)],
  };
}

/** The set that is looked for anywhere in the text. */
function soughtAnywhere(pattern: PatternTree): Characters | undefined {
  if (pattern.kind === 'either') {
    const sets = pattern.options.map(soughtAnywhere).filter(set => set !== undefined);
    return sets.length > 0 ? sets.reduce(union) : undefined;
  }
  if (pattern.kind !== 'row' || pattern.items.length < 2) return undefined;
  return pattern.items[0] === anyText && pattern.items.at(-1) === anyText ? soughtSet(pattern) : undefined;
}

/** Whether a pattern names sets of characters, as one does that says what a text is made of. */
function hasSet(pattern: PatternTree): boolean {
  switch (pattern.kind) {
    case 'set':
      return pattern !== anySet && sizeOf(pattern.set) > 1 && sizeOf(pattern.set) < 126;
    case 'row':
      return pattern.items.some(hasSet);
    case 'either':
      return pattern.options.some(hasSet);
    case 'repeat':
      return pattern !== anyText && hasSet(pattern.item);
    default:
      return false;
  }
}

const anySet = anyText.kind === 'repeat' ? anyText.item : anyText;

function sizeOf({ ascii }: Characters): number {
  let size = 0;
  for (const bits of ascii) for (let rest = bits >>> 0; rest !== 0; rest &= rest - 1) size++;
  return size;
}

/** `a` or `b` passes; nothing does where there is no test. */
export function eitherTest(tests: readonly TextTest[], written: string): TextTest {
  return {
    written,
    passes: text => {
      const found = tests.map(test => test.passes(text));
      return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
    },
    characters: (truth, oneLine) => {
      const each = tests.map(test => test.characters(truth, oneLine));
      return truth ? each.reduce(union, noCharacter) : each.reduce(intersection, everyCharacter);
    },
    isShape: tests.some(({ isShape }) => isShape),
    samples: tests.flatMap(({ samples }) => samples),
    ...(tests.every(({ whole }) => whole) && { whole: { kind: 'either', options: tests.flatMap(({ whole }) => whole ?? []) } as const }),
  };
}
