import type { Command, Word } from 'unbash';
import { literal } from '../image/template.ts';
import { characters, everyCharacter, singleCharacter, union } from '../text/characters.ts';
import { matchesWhole, type PatternTree, row, wholeOf } from '../text/patternTree.ts';
import { type Dialect, parseExpression } from '../text/regularExpression.ts';
import { lineTest, type TextTest, wholeTest } from '../text/textTest.ts';
import type { ShellState } from './state.ts';
import type { WordReader } from './words.ts';

const longFlags: Readonly<Record<string, string>> = {
  '--quiet': 'q',
  '--silent': 'q',
  '--extended-regexp': 'E',
  '--basic-regexp': 'G',
  '--perl-regexp': 'P',
  '--fixed-strings': 'F',
  '--line-regexp': 'x',
  '--null-data': 'z',
  '--invert-match': 'v',
  '--ignore-case': 'i',
  '--only-matching': 'o',
  '--count': 'c',
  '--no-messages': 's',
  '--text': 'a',
};

interface GrepCall {
  readonly flags: string;
  readonly pattern: Word;
}

/** grep's flags and its one pattern; `undefined` where it reads files or has other flags. */
function grepCall({ name, args }: Command): GrepCall | undefined {
  let flags = name?.value === 'egrep' ? 'E' : name?.value === 'fgrep' ? 'F' : '';
  const words: Word[] = [];
  let pattern: Word | undefined;
  for (let index = 0; index < args.length; index++) {
    const argument = args[index];
    if (argument?.type !== 'Word') return undefined;
    const { text } = argument;
    if (text === '--') {
      words.push(...args.slice(index + 1).flatMap(each => (each.type === 'Word' ? [each] : [])));
      break;
    }
    const short = longFlags[text] ?? (/^-[EGFPqxzviocsae]+$/.test(text) ? text.slice(1) : undefined);
    if (short === undefined) {
      if (/^-./.test(text)) return undefined;
      words.push(argument);
      continue;
    }
    flags += short.replace('e', '');
    if (!short.includes('e')) continue;
    const next = args[++index];
    if (!short.endsWith('e') || pattern || next?.type !== 'Word') return undefined;
    pattern = next;
  }
  const given = pattern ?? words.shift();
  return given && words.length === 0 ? { flags, pattern: given } : undefined;
}

/**
 * What grep looks for in what it reads. It looks line by line, so that of several lines one is enough; `-z` makes the whole text one.
 * `echo` prints nothing of its own options, and in a `sh` it knows backslashes.
 */
export function grepTest(command: Command, by: 'echo' | 'printf', state: ShellState, words: WordReader): TextTest | undefined {
  const call = grepCall(command);
  const text = call && literal(words.value(call.pattern, state));
  if (text === undefined || !call || text.includes('\n') || (by === 'echo' && state.posix)) return undefined;
  const { flags } = call;
  const parsed = flags.includes('F') ? plainText(text) : parseExpression(text, dialectOf(flags));
  if (!parsed) return undefined;
  const found = flags.includes('i') ? ignoringCase(parsed) : parsed;
  const whole = flags.includes('x') ? found : wholeOf(found);
  const inverted = flags.includes('v');
  // With `-P` a `$` is also before a line break at the end.
  const test = flags.includes('z') && !flags.includes('P') && !inverted ? wholeTest(whole, text) : lineTest(whole, text, inverted);
  return by === 'echo' && test.passes('') !== false ? withOptions(test) : test;
}

function dialectOf(flags: string): Dialect {
  if (flags.includes('P')) return 'perl';
  return flags.includes('E') ? 'extended' : 'basic';
}

function plainText(text: string): PatternTree {
  return row(...[...text].map(character => ({ kind: 'set', set: singleCharacter(character) }) as const));
}

function ignoringCase(pattern: PatternTree): PatternTree {
  switch (pattern.kind) {
    case 'set': {
      const { set } = pattern;
      const both = characters(one => [one.toLowerCase(), one.toUpperCase()].some(each => matchesWhole(pattern, each) === true));
      return { kind: 'set', set: { ...both, other: set.other, ...(set.partly && { partly: true as const }) } };
    }
    case 'row':
      return { kind: 'row', items: pattern.items.map(ignoringCase) };
    case 'either':
      return { kind: 'either', options: pattern.options.map(ignoringCase) };
    case 'repeat':
      return { ...pattern, item: ignoringCase(pattern.item) };
    default:
      return pattern;
  }
}

const echoOptions = characters(one => /[-neE]/.test(one));

/** `echo "$X"` with `-n` or `-e` in the variable prints nothing, and nothing may pass. */
function withOptions({ whole: _whole, ...test }: TextTest): TextTest {
  return { ...test, characters: (truth, oneLine) => union(test.characters(truth, oneLine), echoOptions) };
}

/** `expr X : P` looks from the start; what it finds must have a character. */
export function exprTest(right: Word, state: ShellState, words: WordReader): TextTest | undefined {
  const text = literal(words.value(right, state));
  // A group prints what it found, which may be nothing or 0.
  const pattern = text === undefined || text.includes('\\(') ? undefined : parseExpression(text.replace(/^\^/, ''), 'basic');
  return pattern && wholeTest(wholeOf(row({ kind: 'start' }, ...(pattern.kind === 'row' ? pattern.items : [pattern]))), right.text);
}

export function isNumberOperator(operator: string): boolean {
  return /^-(?:eq|ne|lt|le|gt|ge)$/.test(operator);
}

const numeric = characters(one => /[\d\s+-]/.test(one));

/** `[ X -eq X ]` fails for what is no number. */
export function numberTest(written: string): TextTest {
  return {
    written,
    passes: text => (/^\s*[+-]?\d{1,18}[ \t]*$/.test(text) ? undefined : false),
    characters: truth => (truth ? numeric : everyCharacter),
    shape: 'number',
    isShape: true,
    samples: [],
  };
}

/** `[[ X -eq X ]]` computes what it compares: `a[$(id)]` runs `id`, and a name is the number in the variable of that name. */
export function arithmeticTest(written: string): TextTest {
  return {
    written,
    passes: text => (text === arithmeticCode ? true : undefined),
    characters: () => everyCharacter,
    isShape: true,
    computes: true,
    samples: [arithmeticCode],
  };
}

/** Runs a command where it is computed. */
export const arithmeticCode = 'a[$(id)]';
