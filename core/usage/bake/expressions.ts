import { type Cursor, deeper, expect, HclError, skipSpace, takeWord } from './cursor.ts';
import { readLoop, skipBrackets } from './loop.ts';
import type { Expression } from './syntax.ts';

// Operators by how tightly they bind, the loosest first.
const levels: readonly (readonly string[])[] = [['||'], ['&&'], ['==', '!='], ['<=', '>=', '<', '>'], ['+', '-'], ['*', '/', '%']];

/** Reads one expression; throws HclError where there is none. */
export function readExpression(at: Cursor, lines = false): Expression {
  const test = deeper(at, () => readLevel(at, 0, lines));
  skipSpace(at, lines);
  if (at.text[at.offset] !== '?') return test;
  at.offset++;
  skipSpace(at, true);
  const yes = deeper(at, () => readExpression(at, true));
  skipSpace(at, true);
  expect(at, ':');
  const no = deeper(at, () => readExpression(at, lines));
  return { kind: 'conditional', test, yes, no };
}

function readLevel(at: Cursor, level: number, lines: boolean): Expression {
  const operators = levels[level];
  if (!operators) return readUnary(at, lines);
  const start = at.offset;
  let left = readLevel(at, level + 1, lines);
  for (;;) {
    skipSpace(at, lines);
    const operator = operators.find(one => at.text.startsWith(one, at.offset));
    if (!operator) return left;
    at.offset += operator.length;
    skipSpace(at, true);
    const right = readLevel(at, level + 1, lines);
    left = { kind: 'operation', operator, args: [left, right], span: { start, end: at.offset } };
  }
}

function readUnary(at: Cursor, lines: boolean): Expression {
  skipSpace(at, lines);
  const start = at.offset;
  const operator = at.text[start];
  if (operator !== '!' && operator !== '-') return readAccess(at, lines);
  at.offset++;
  const operand = deeper(at, () => readUnary(at, lines));
  return { kind: 'operation', operator, args: [operand], span: { start, end: at.offset } };
}

function readAccess(at: Cursor, lines: boolean): Expression {
  let object = readTerm(at);
  for (;;) {
    skipSpace(at, lines);
    const next = at.text[at.offset];
    if (next === '[') {
      at.offset++;
      const key = at.text[at.offset] === '*' ? unknownAt(++at.offset) : readExpression(at, true);
      skipSpace(at, true);
      expect(at, ']');
      object = { kind: 'access', object, key };
    } else if (next === '.' && /[A-Za-z_*]/.test(at.text[at.offset + 1] ?? '')) {
      const start = ++at.offset;
      const key: Expression =
        at.text[start] === '*' ? unknownAt(++at.offset) : { kind: 'template', parts: [takeWord(at)], span: { start, end: at.offset } };
      object = { kind: 'access', object, key };
    } else return object;
  }
}

function unknownAt(offset: number): Expression {
  return { kind: 'unknown', span: { start: offset, end: offset } };
}

function readTerm(at: Cursor): Expression {
  const { text, offset: start } = at;
  const first = text[start] ?? '';
  if (first === '"') return readTemplate(at);
  if (first === '[') return readList(at);
  if (first === '{') return readObject(at);
  if (text.startsWith('<<', start)) return readHeredoc(at);
  if (first === '(') {
    at.offset++;
    const inner = readExpression(at, true);
    skipSpace(at, true);
    expect(at, ')');
    return inner;
  }
  const number = /^\d{1,20}(?:\.\d{1,20})?/.exec(text.slice(start, start + 48))?.[0];
  if (number) {
    at.offset += number.length;
    return { kind: 'literal', value: Number(number) };
  }
  const name = takeWord(at);
  if (text[at.offset] === '(') return readCall(at, name, start);
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' };
  return name === 'null' ? { kind: 'literal', value: null } : { kind: 'name', name, span: { start, end: at.offset } };
}

function readCall(at: Cursor, name: string, start: number): Expression {
  at.offset++;
  const args = readItems(at, ')');
  return { kind: 'call', name, args, span: { start, end: at.offset } };
}

function readItems(at: Cursor, close: string): readonly Expression[] {
  const items: Expression[] = [];
  for (skipSpace(at, true); at.text[at.offset] !== close; skipSpace(at, true)) {
    items.push(readExpression(at, true));
    skipSpace(at, true);
    if (at.text.startsWith('...', at.offset)) at.offset += 3;
    skipSpace(at, true);
    if (at.text[at.offset] === ',') at.offset++;
    else if (at.text[at.offset] !== close) throw new HclError(`no ${close} at ${at.offset}`);
  }
  at.offset++;
  return items;
}

function readList(at: Cursor): Expression {
  const start = at.offset++;
  skipSpace(at, true);
  if (/^for\s/.test(at.text.slice(at.offset, at.offset + 4))) return readLoop(at, start, ']', readExpression);
  return { kind: 'list', items: readItems(at, ']') };
}

function readObject(at: Cursor): Expression {
  const start = at.offset++;
  skipSpace(at, true);
  if (/^for\s/.test(at.text.slice(at.offset, at.offset + 4))) return readLoop(at, start, '}', readExpression);
  const entries: (readonly [Expression, Expression])[] = [];
  for (; at.text[at.offset] !== '}'; skipSpace(at, true)) {
    const at0 = at.offset;
    const isWord = /[A-Za-z_]/.test(at.text[at0] ?? '');
    const key: Expression = isWord ? { kind: 'template', parts: [takeWord(at)], span: { start: at0, end: at.offset } } : readExpression(at);
    skipSpace(at, false);
    if (at.text[at.offset] !== '=' && at.text[at.offset] !== ':') throw new HclError(`no value at ${at.offset}`);
    at.offset++;
    skipSpace(at, true);
    entries.push([key, readExpression(at)]);
    skipSpace(at, true);
    if (at.text[at.offset] === ',') at.offset++;
  }
  at.offset++;
  return { kind: 'object', entries };
}

/** A quoted string with `${…}` in it. What `%{…}` directives make of it nobody knows. */
function readTemplate(at: Cursor): Expression {
  const start = at.offset++;
  const parts: (string | Expression)[] = [];
  let text = '';
  let directed = false;
  for (;;) {
    const character = at.text[at.offset];
    if (character === undefined || character === '\n') throw new HclError('string not closed');
    if (character === '"') break;
    if (character === '\\') {
      text += escaped(at.text[at.offset + 1] ?? '');
      at.offset += 2;
    } else if (/^(?:\$\$|%%)\{/.test(at.text.slice(at.offset, at.offset + 3))) {
      text += `${character}{`;
      at.offset += 3;
    } else if (at.text.startsWith('${', at.offset)) {
      if (text !== '') parts.push(text);
      text = '';
      parts.push(readInterpolation(at));
    } else if (at.text.startsWith('%{', at.offset)) {
      skipBrackets(at, at.offset + 1);
      directed = true;
    } else {
      text += character;
      at.offset++;
    }
  }
  at.offset++;
  if (directed) return { kind: 'unknown', span: { start, end: at.offset } };
  if (text !== '') parts.push(text);
  return { kind: 'template', parts, span: { start, end: at.offset } };
}

function readInterpolation(at: Cursor): Expression {
  at.offset += 2;
  if (at.text[at.offset] === '~') at.offset++;
  skipSpace(at, true);
  const inner = readExpression(at, true);
  skipSpace(at, true);
  if (at.text[at.offset] === '~') at.offset++;
  expect(at, '}');
  return inner;
}

function escaped(character: string): string {
  return character === 'n' ? '\n' : character === 't' ? '\t' : character;
}

/** `<<EOT` to its end, as text that is not followed: Dockerfiles and scripts. */
function readHeredoc(at: Cursor): Expression {
  const start = at.offset;
  const word = /^<<-?([A-Za-z_]\w{0,63})\r?\n/.exec(at.text.slice(start, start + 80))?.[1];
  if (word === undefined) throw new HclError('no here-document');
  for (let line = at.text.indexOf('\n', start); line >= 0; line = at.text.indexOf('\n', line + 1)) {
    const end = at.text.indexOf('\n', line + 1);
    const stop = end < 0 ? at.text.length : end;
    if (at.text.slice(line + 1, stop).trim() !== word) continue;
    at.offset = stop;
    return { kind: 'unknown', span: { start, end: stop } };
  }
  throw new HclError('here-document not closed');
}
