import { type Characters, characters, everyCharacter, holdsCharacter, intersection, isWithin } from '../text/characters.ts';
import { isInertInShell, type Shape } from './shape.ts';

export const digit = characters(one => /\d/.test(one));
export const hex = characters(one => /[0-9a-f]/.test(one));
export const word = characters(one => /[\w.-]/.test(one));
export const version = characters(one => /[\w.+-]/.test(one));
export const person = characters(one => /[A-Za-z0-9[\]-]/.test(one));
export const path = characters(one => /[\w./-]/.test(one));
export const plain = characters(one => /[\w./:@%+-]/.test(one), true);
export const signed = characters(one => /[\d\s+-]/.test(one));
export const reference = characters(one => /[!-~]/.test(one) && !/[~^:?*[\\]/.test(one), true);
export const line = characters(one => one !== '\n', true);
export const printed = characters(one => one >= ' ', false);
export const inBoolean = characters(one => /[truefals]/.test(one));

/** Every character that a value of a shape may hold; where it is not known that is any. */
export function charactersOf(shape: Shape): Characters {
  switch (shape) {
    case 'integer':
      return digit;
    case 'number':
      return signed;
    case 'boolean':
      return inBoolean;
    case 'sha40':
    case 'shortSha':
    case 'digestHex':
      return hex;
    case 'digest':
      return digestCharacters;
    case 'semver':
    case 'partialVersion':
      return version;
    case 'login':
      return person;
    case 'tagSafe':
    case 'branchTag':
    case 'timestamp':
      return word;
    case 'path':
    case 'repository':
      return path;
    case 'plain':
      return plain;
    case 'gitRef':
      return reference;
    case 'line':
      return line;
    default:
      return everyCharacter;
  }
}

const digestCharacters = characters(one => /[0-9a-z:]/.test(one));

/** Whether a value of this shape may hold one of the characters: `,` and a line break part the items of a list, `=` a name from its value. */
export function mayHoldAny(shape: Shape, separators: string): boolean {
  const held = charactersOf(shape);
  return [...separators].some(character => holdsCharacter(held, character));
}

/** What a check tells of a value that passed: its characters, and the shape as a whole where it says so much. */
export interface Bound {
  readonly characters: Characters;
  readonly shape?: Shape;
}

/** Shapes that say more than which characters there are, and those that say less. */
const exact: ReadonlySet<Shape> = new Set(['integer', 'sha40', 'shortSha', 'semver', 'digest', 'number']);
const loose: ReadonlySet<Shape> = new Set(['number', 'tagSafe', 'path', 'plain', 'gitRef', 'line', 'anything', 'unknown']);

/** From the narrowest; what fits none of them stays as it is. */
const byCharacters: readonly Shape[] = ['tagSafe', 'path', 'plain', 'gitRef', 'line'];

/** The narrowest shape that only says which characters there are; `undefined` where any may be. */
export function shapeOfCharacters(held: Characters): Shape | undefined {
  return byCharacters.find(shape => isWithin(held, charactersOf(shape)));
}

/** The shape of a value that passed a check. What nobody understood before is understood only where the check leaves no harm in it. */
export function narrowedTo(shape: Shape, { characters: passing, shape: whole }: Bound): Shape {
  if (whole && exact.has(whole) && loose.has(shape) && isWithin(passing, charactersOf(shape))) return whole;
  if (whole === 'sha40' && shape === 'shortSha') return whole;
  const own = charactersOf(shape);
  if (isWithin(own, passing)) return shape;
  const left = whole && exact.has(whole) && loose.has(shape) ? whole : shapeOfCharacters(intersection(own, passing));
  if (!left || !loose.has(shape)) return shape;
  if (shape === 'unknown') return isInertInShell(left) ? left : shape;
  return isWithin(charactersOf(left), own) || isWithin(intersection(own, passing), charactersOf(left)) ? left : shape;
}
