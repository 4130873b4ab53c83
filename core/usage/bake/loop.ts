import { type Cursor, deeper, expect, HclError, skipSpace, takeWord } from './cursor.ts';
import type { Expression, Loop } from './syntax.ts';

/** What stands between the bracket at `start` and its own, as a value that nobody knows. */
export function skipBrackets(at: Cursor, start: number): Expression {
  let open = 1;
  for (at.offset = start + 1; open > 0; at.offset++) {
    const character = at.text[at.offset];
    if (character === undefined) throw new HclError('not closed');
    if (character === '[' || character === '{') open++;
    else if (character === ']' || character === '}') open--;
  }
  return { kind: 'unknown', span: { start, end: at.offset } };
}

type Read = (at: Cursor, lines: boolean) => Expression;

/** From the `for` to the closing bracket; `read` reads the expressions in it. A form that is not understood is passed over. */
export function readLoop(at: Cursor, start: number, close: string, read: Read): Expression {
  const { depth } = at;
  try {
    return deeper(at, () => readForm(at, start, close, read));
  } catch (error) {
    if (!(error instanceof HclError)) throw error;
    at.depth = depth;
    return skipBrackets(at, start);
  }
}

function readForm(at: Cursor, start: number, close: string, read: Read): Loop {
  takeWord(at);
  const names = [readName(at)];
  if (at.text[at.offset] === ',') {
    at.offset++;
    names.push(readName(at));
  }
  if (readName(at) !== 'in') throw new HclError(`no in at ${at.offset}`);
  const over = read(at, true);
  expectAfterSpace(at, ':');
  const first = read(at, true);
  skipSpace(at, true);
  let pair: Expression | undefined;
  if (close === '}') {
    if (!at.text.startsWith('=>', at.offset)) throw new HclError(`no => at ${at.offset}`);
    at.offset += 2;
    pair = read(at, true);
    skipSpace(at, true);
    if (at.text.startsWith('...', at.offset)) at.offset += 3;
    skipSpace(at, true);
  }
  const test = /^if\b/.test(at.text.slice(at.offset, at.offset + 3)) ? readTest(at, read) : undefined;
  expectAfterSpace(at, close);
  const [key, item] = names;
  return {
    kind: 'for',
    ...(item !== undefined && key !== undefined && { key }),
    item: item ?? key ?? '',
    over,
    ...(pair && { resultKey: first }),
    result: pair ?? first,
    ...(test && { test }),
    span: { start, end: at.offset },
  };
}

function readTest(at: Cursor, read: Read): Expression {
  takeWord(at);
  return read(at, true);
}

function readName(at: Cursor): string {
  skipSpace(at, true);
  const name = takeWord(at);
  skipSpace(at, true);
  return name;
}

function expectAfterSpace(at: Cursor, character: string): void {
  skipSpace(at, true);
  expect(at, character);
}
