import { holdsCharacter, isWithin } from '../text/characters.ts';
import { charactersIn, lengthOf, type PatternTree } from '../text/patternTree.ts';
import type { TextTest } from '../text/textTest.ts';
import type { Shape } from './shape.ts';
import { type Bound, charactersOf, digit, hex, version } from './shapeCharacters.ts';

/** Shapes of a value that has no line break. */
export function isOneLine(shape: Shape): boolean {
  return !holdsCharacter(charactersOf(shape), '\n');
}

/** What a check that gave `truth` tells of a value. */
export function boundOf(test: TextTest, truth: boolean, oneLine: boolean): Bound {
  const characters = test.characters(truth, oneLine);
  if (truth && test.shape) return { characters, shape: test.shape };
  // A pattern of lines is one of the text where that has only one.
  const shape = truth && test.whole && (oneLine || !test.byLine) ? shapeOfPattern(test.whole) : undefined;
  return { characters, ...(shape && { shape }) };
}

/** The shape of what a pattern matches as a whole, where it says more than which characters there are. */
function shapeOfPattern(pattern: PatternTree): Shape | undefined {
  const held = charactersIn(pattern);
  const [least, most] = lengthOf(pattern);
  if (least > 0 && isWithin(held, digit)) return 'integer';
  if (least > 0 && isWithin(held, hex)) return least === 40 && most === 40 ? 'sha40' : 'shortSha';
  const items = flat(pattern);
  if (isDigest(items)) return 'digest';
  return isWithin(held, version) && isVersion(items) ? 'semver' : undefined;
}

/** The items of a row without anchors, those of rows in it too. */
function flat(pattern: PatternTree): readonly PatternTree[] {
  if (pattern.kind === 'row') return pattern.items.flatMap(flat);
  return pattern.kind === 'start' || pattern.kind === 'end' ? [] : [pattern];
}

function isText(pattern: PatternTree | undefined, character: string): boolean {
  if (pattern?.kind !== 'set') return false;
  const { set } = pattern;
  return holdsCharacter(set, character) && isWithin(set, charactersIn(pattern)) && onlyOne(set.ascii) && !set.other;
}

function onlyOne(ascii: readonly number[]): boolean {
  const words = ascii.filter(bits => bits !== 0);
  const [only = 0] = words;
  return words.length === 1 && (only & (only - 1)) === 0;
}

function isDigest(items: readonly PatternTree[]): boolean {
  const [rest] = items.slice(7);
  if (![...'sha256:'].every((character, index) => isText(items[index], character)) || !rest || items.length !== 8) return false;
  const [least, most] = lengthOf(rest);
  return least === 64 && most === 64 && isWithin(charactersIn(rest), hex);
}

/** `v?`, three numbers with dots between them, and whatever follows. */
function isVersion(items: readonly PatternTree[]): boolean {
  const [first] = items;
  let rest = first && (isText(first, 'v') || (first.kind === 'repeat' && isText(first.item, 'v'))) ? items.slice(1) : items;
  for (let index = 0; index < 3; index++) {
    if (index > 0 && !isText(rest[0], '.')) return false;
    if (index > 0) rest = rest.slice(1);
    const number = rest[0];
    if (!number || lengthOf(number)[0] < 1 || !isWithin(charactersIn(number), digit)) return false;
    rest = rest.slice(1);
    // `[1-9][0-9]*`
    while (rest[0] && isWithin(charactersIn(rest[0]), digit)) rest = rest.slice(1);
  }
  return true;
}
