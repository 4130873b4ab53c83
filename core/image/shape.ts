/**
 * What an unknown part of a string may hold, from the narrowest to the widest. `unknown` is not "anything hostile": it is a value
 * that nobody understood, and rules must not judge by it.
 */
export type Shape =
  | 'integer'
  /** What `test -eq` takes for a number: a sign, and white space around it, are possible. */
  | 'number'
  | 'boolean'
  | 'sha40'
  | 'shortSha'
  | 'digest'
  /** 64 hexadecimal characters, as they stand behind the `sha256:` of a digest. */
  | 'digestHex'
  | 'semver'
  /** `1.2` or `1` of a version: moves with each release. */
  | 'partialVersion'
  | 'timestamp'
  | 'login'
  /** One of the characters `[A-Za-z0-9_.-]` only. */
  | 'tagSafe'
  /** A branch made tag-safe: moves with each push to it. */
  | 'branchTag'
  /** Characters of a path or an image's name: `[A-Za-z0-9_./-]`. */
  | 'path'
  /** `[A-Za-z0-9_./:@%+-]` and letters of other alphabets: nothing that a shell, a list or `key=value` is split at. */
  | 'plain'
  /** `owner/name`, which GitHub restricts. */
  | 'repository'
  /** git's reference characters: no space, `~^:?*[\`, but `$ ( ) ; & | ' " , =` are legal. */
  | 'gitRef'
  | 'line'
  | 'anything'
  | 'unknown';

/** Shapes that name one build for good: a tag with one of these in it is not pushed again for another image. */
const immutable: ReadonlySet<Shape> = new Set(['sha40', 'shortSha', 'digest', 'digestHex', 'semver', 'timestamp', 'integer']);

export function isImmutableShape(shape: Shape): boolean {
  return immutable.has(shape);
}

/** Shapes of one word: letters, digits and `. _ - /`, which mean nothing to a shell and part no reference. */
const words: ReadonlySet<Shape> = new Set([
  'integer',
  'boolean',
  'sha40',
  'shortSha',
  'digestHex',
  'semver',
  'partialVersion',
  'timestamp',
  'login',
  'tagSafe',
  'branchTag',
  'path',
  'repository',
]);

/** Such a value holds neither `:` nor `@`, so it cannot bring a tag or a digest along. */
export function isWord(shape: Shape): boolean {
  return words.has(shape);
}

/** A word that may have parts: `owner/name`. */
export function holdsSlash(shape: Shape): boolean {
  return shape === 'repository' || shape === 'path';
}

/** Its characters mean nothing to a shell, whoever chose them. */
export function isInertInShell(shape: Shape): boolean {
  return words.has(shape) || shape === 'digest' || shape === 'plain' || shape === 'number';
}

/** Who chooses a value: nobody outside, people who can push, whoever starts the run by hand or by API, a workflow's caller, or any stranger. */
export type Author = 'trusted' | 'pusher' | 'dispatcher' | 'caller' | 'stranger';
