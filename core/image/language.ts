import { type Characters, everyCharacter, foreignCharacter, intersects, singles } from '../text/characters.ts';
import { memo } from './memo.ts';
import { digit, hex, inBoolean, line, path, person, plain, printed, reference, signed, version, word } from './shapeCharacters.ts';
import type { HolePart, Template } from './template.ts';

/** One place of a string: these characters, exactly once, perhaps, or any number of times. */
interface Place {
  readonly characters: Characters;
  readonly times: 'once' | 'perhaps' | 'any';
  /** So many places from here on may be left out together. */
  readonly skip?: number;
}

/** What a Template may become, as places in a row: more than it really may, never less. */
export type Language = readonly Place[];

/** Pairs of places that are compared at most: two references of full length have fewer. */
const maxPairs = 250_000;

const once = (set: Characters, count = 1): Place[] => Array.from({ length: count }, () => ({ characters: set, times: 'once' as const }));
const perhaps = (set: Characters, count: number): Place[] =>
  Array.from({ length: count }, () => ({ characters: set, times: 'perhaps' as const }));
const any = (set: Characters): Place => ({ characters: set, times: 'any' });

/** What a hole may hold by its shape. Shapes survive cuts and replacements, so each is as wide as those leave it. */
function held({ shape, length }: HolePart): readonly Place[] {
  switch (shape) {
    case 'integer':
      return [...once(digit), any(digit)];
    case 'boolean':
      return [...once(inBoolean, 4), ...perhaps(inBoolean, 1)];
    case 'sha40':
      return once(hex, 40);
    case 'shortSha':
      return length === undefined ? [...once(hex, 4), ...perhaps(hex, 36)] : once(hex, Math.min(length, 64));
    case 'digest':
      return [...[...'sha256:'].flatMap(one => perhaps(singles[one.charCodeAt(0)] as Characters, 1)), ...once(hex, 64)];
    case 'digestHex':
      return once(hex, 64);
    case 'semver':
    case 'partialVersion':
      return [any(version), ...once(digit), any(version)];
    case 'timestamp':
      return [any(printed), ...once(digit), any(printed)];
    case 'login':
      return [...once(person), any(person)];
    case 'tagSafe':
      return [any(word)];
    case 'branchTag':
      return [...once(word), any(word)];
    case 'path':
      return [any(path)];
    case 'plain':
      return [any(plain)];
    case 'number':
      return [any(signed)];
    case 'repository':
      return [...once(path), any(path)];
    case 'gitRef':
      return [...once(reference), any(reference)];
    case 'line':
      return [any(line)];
    default:
      return [any(everyCharacter)];
  }
}

/** The language of a Template without choices. */
export const languageOf: (template: Template) => Language = memo(placesOf);

function placesOf(template: Template): Language {
  return template.flatMap((part): readonly Place[] => {
    if (part.kind === 'choice') return [any(everyCharacter)];
    if (part.kind === 'text')
      return Array.from({ length: part.text.length }, (_, index) => ({
        characters: singles[part.text.charCodeAt(index)] ?? foreignCharacter,
        times: 'once' as const,
      }));
    const places = held(part);
    const [first] = places;
    // With events that do not fill it, the value is empty.
    return first && part.events ? [{ ...first, skip: places.length }, ...places.slice(1)] : places;
  });
}

/**
 * Whether some string belongs to both; `undefined` where they are too long to tell. Both run forward only, so one pass over the pairs
 * of places decides it.
 */
export function mayMeet(a: Language, b: Language): boolean | undefined {
  const start = commonStart(a, b);
  if (start === undefined) return false;
  const rows = a.length - start + 1;
  const columns = b.length - start + 1;
  if (rows * columns > maxPairs) return undefined;
  const reached = new Uint8Array(rows * columns);
  reached[0] = 1;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      if (!reached[at]) continue;
      const left = a[row + start];
      const right = b[column + start];
      if (left && left.times !== 'once') reached[at + columns] = 1;
      if (right && right.times !== 'once') reached[at + 1] = 1;
      if (left?.skip) reached[at + left.skip * columns] = 1;
      if (right?.skip) reached[at + right.skip] = 1;
      if (!left || !right || !intersects(left.characters, right.characters)) continue;
      const next = at + (left.times === 'any' ? 0 : columns) + (right.times === 'any' ? 0 : 1);
      reached[next] = 1;
    }
  }
  return reached[reached.length - 1] === 1;
}

/** How many places at the start must hold one character each and can hold the same; `undefined` where one pair cannot. */
function commonStart(a: Language, b: Language): number | undefined {
  let index = 0;
  for (; ; index++) {
    const left = a[index];
    const right = b[index];
    if (left?.times !== 'once' || right?.times !== 'once' || left.skip || right.skip) return index;
    if (!intersects(left.characters, right.characters)) return undefined;
  }
}
