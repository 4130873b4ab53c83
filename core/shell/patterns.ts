import type { Word } from 'unbash';
import { literal } from '../image/template.ts';
import { bracket } from '../text/characterClass.ts';
import { everyCharacter, singleCharacter } from '../text/characters.ts';
import { anyText, type PatternTree, wholeOf } from '../text/patternTree.ts';
import { parseExpression } from '../text/regularExpression.ts';
import { eitherTest, type TextTest, wholeTest } from '../text/textTest.ts';
import type { ShellSource } from './source.ts';
import type { ShellState } from './state.ts';
import type { WordReader } from './words.ts';

/** A character of a pattern; one that was quoted stands for itself. */
interface Letter {
  readonly character: string;
  readonly quoted: boolean;
}

const maxLetters = 400;

/** A pattern's word as its letters; `undefined` where something in it is not known. */
function lettersOf(word: Word, state: ShellState, words: WordReader): readonly Letter[] | undefined {
  if (!word.parts) return written(word, words);
  const letters: Letter[] = [];
  for (const part of word.parts) {
    const quoted = part.type === 'SingleQuoted' || part.type === 'DoubleQuoted' || part.type === 'AnsiCQuoted';
    const isText = part.type === 'Literal' || part.type === 'Glob' || part.type === 'ExtendedGlob' || part.type === 'BraceExpansion';
    if (isText && !words.source.hasExpression(part.pos, part.end)) {
      letters.push(...unquoted(part.text));
      continue;
    }
    const value = literal(
      words.value({ type: 'Word', text: part.text, pos: part.pos, end: part.end, parts: [part], value: part.text }, state),
    );
    if (value === undefined) return undefined;
    letters.push(...(quoted ? [...value].map(character => ({ character, quoted: true })) : unquoted(value)));
  }
  return letters.length > maxLetters ? undefined : letters;
}

function written(word: Word, words: WordReader): readonly Letter[] | undefined {
  const { length } = word.text;
  return length > maxLetters || words.source.hasExpression(word.pos, word.end) ? undefined : unquoted(word.text);
}

function unquoted(text: string): Letter[] {
  return [...text].map(character => ({ character, quoted: false }));
}

const caseless = new WeakMap<ShellSource, boolean>();

/** `shopt -s nocasematch` anywhere: what patterns match is not as they are written. */
function ignoresCase(source: ShellSource): boolean {
  const known = caseless.get(source) ?? source.slice(0, Number.MAX_SAFE_INTEGER).includes('nocasematch');
  caseless.set(source, known);
  return known;
}

/** `v[0-9]*` as in `case` and `[[ == ]]`, with what is quoted in it. */
export function globTest(word: Word, state: ShellState, words: WordReader): TextTest | undefined {
  if (ignoresCase(words.source)) return undefined;
  const letters = lettersOf(word, state, words);
  const pattern = letters && globOf(letters, 0)?.pattern;
  return pattern && wholeTest(pattern, word.text);
}

/** Any of the patterns of a branch of `case`. */
export function caseTest(patterns: readonly Word[], state: ShellState, words: WordReader): TextTest | undefined {
  const tests = patterns.map(pattern => globTest(pattern, state, words));
  const [only] = tests;
  if (!tests.every(test => test !== undefined)) return undefined;
  return tests.length === 1 ? only : eitherTest(tests as readonly TextTest[], patterns.map(({ text }) => text).join('|'));
}

const maxDepth = 6;

function globOf(letters: readonly Letter[], depth: number): { readonly pattern: PatternTree } | undefined {
  if (depth > maxDepth) return undefined;
  const items: PatternTree[] = [];
  for (let at = 0; at < letters.length; ) {
    const { character, quoted } = letters[at] as Letter;
    const next = letters[at + 1];
    if (quoted) items.push({ kind: 'set', set: singleCharacter(character) });
    else if (character === '\\') {
      if (next) items.push({ kind: 'set', set: singleCharacter(next.character) });
      at++;
    } else if (/[?*+@!]/.test(character) && next?.character === '(' && !next.quoted) {
      const group = groupOf(letters, at, depth);
      if (!group) return undefined;
      items.push(group.pattern);
      at = group.end;
      continue;
    } else if (character === '*') items.push(anyText);
    else if (character === '?') items.push({ kind: 'set', set: everyCharacter });
    else if (character === '[') {
      const text = letters.map(letter => (letter.quoted && /[[\]\\!^-]/.test(letter.character) ? '\0' : letter.character)).join('');
      const found = bracket(text, at, { glob: true, escapes: one => singleCharacter(one) });
      if (!found || text.slice(at, found.end).includes('\0')) return undefined;
      items.push({ kind: 'set', set: found.set });
      at = found.end;
      continue;
    } else items.push({ kind: 'set', set: singleCharacter(character) });
    at++;
  }
  return { pattern: { kind: 'row', items } };
}

/** `@(a|b)`, `+([0-9])`. */
function groupOf(
  letters: readonly Letter[],
  from: number,
  depth: number,
): { readonly pattern: PatternTree; readonly end: number } | undefined {
  const options: Letter[][] = [[]];
  let level = 0;
  let inSet = false;
  for (let at = from + 2; at < letters.length; at++) {
    const letter = letters[at] as Letter;
    const character = letter.quoted ? '' : letter.character;
    if (character === '\\') return undefined;
    if (character === '[') inSet = true;
    else if (character === ']') inSet = false;
    else if (!inSet && character === '(') level++;
    else if (!inSet && character === ')' && level-- === 0) {
      const patterns = options.map(option => globOf(option, depth + 1)?.pattern);
      if (!patterns.every(pattern => pattern !== undefined)) return undefined;
      const item: PatternTree = { kind: 'either', options: patterns as readonly PatternTree[] };
      const counts: Readonly<Record<string, readonly [number, number]>> = {
        '?': [0, 1],
        '*': [0, Number.POSITIVE_INFINITY],
        '+': [1, Number.POSITIVE_INFINITY],
        '@': [1, 1],
      };
      const count = counts[(letters[from] as Letter).character];
      return count && { pattern: { kind: 'repeat', item, least: count[0], most: count[1] }, end: at + 1 };
    } else if (!inSet && character === '|' && level === 0) {
      options.push([]);
      continue;
    }
    options.at(-1)?.push(letter);
  }
  return undefined;
}

/** The right side of `=~`: what is quoted in it stands for itself, what a variable holds is an expression. */
export function expressionTest(word: Word, state: ShellState, words: WordReader): TextTest | undefined {
  if (ignoresCase(words.source)) return undefined;
  const parts = word.parts ?? [];
  const isWritten = parts.every(({ type }) => type === 'Literal' || type === 'SingleQuoted' || type === 'DoubleQuoted');
  if (!isWritten) {
    const value = parts.length === 1 ? literal(words.value(word, state)) : undefined;
    const pattern = value === undefined ? undefined : parseExpression(value, 'extended');
    return pattern && wholeTest(wholeOf(pattern), word.text);
  }
  const letters = lettersOf(word, state, words);
  if (!letters) return undefined;
  const text = letters.map(({ character, quoted }) => (quoted && /[^A-Za-z0-9]/.test(character) ? `\\${character}` : character)).join('');
  const pattern = letters.some(({ quoted, character }) => quoted && character === '\n') ? undefined : parseExpression(text, 'bash');
  return pattern && wholeTest(wholeOf(pattern), word.text);
}
