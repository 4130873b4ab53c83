import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesWhole, wholeOf } from '../../../core/text/patternTree.ts';
import { type Dialect, parseExpression } from '../../../core/text/regularExpression.ts';
import { wholeTest } from '../../../core/text/textTest.ts';

function finds(expression: string, text: string, dialect: Dialect): boolean | undefined {
  const pattern = parseExpression(expression, dialect);
  return pattern && matchesWhole(wholeOf(pattern), text);
}

const atom = fc.constantFrom('a', 'b', '0', '.', '[ab]', '[^a]', '[a-c0-9]', '\\d', '\\w', '\\.', '\\S', '[\\d-]', '-');
const expression = fc
  .array(fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{2,}')), { minLength: 1, maxLength: 4 })
  .map(pieces => pieces.map(piece => piece.join('')).join(''));
const whole = fc.oneof(
  expression,
  expression.map(one => `^${one}$`),
  expression.map(one => `^${one}`),
  expression.map(one => `${one}$`),
  fc.tuple(expression, expression).map(([one, other]) => `^(${one}|${other})$`),
  fc.tuple(expression, expression).map(([one, other]) => `^${one}|${other}$`),
  fc.tuple(expression, expression).map(([one, other]) => `(?:${one})+${other}`),
);
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '0', '-', '.', ' ', '\n', '/'), maxLength: 6 });

describe('regular expressions of checks', () => {
  test('match what JavaScript’s do', () => {
    fc.assert(
      fc.property(whole, text, (one, subject) => {
        expect(finds(one, subject, 'javascript')).toBe(new RegExp(one).test(subject));
      }),
      { numRuns: 2000 },
    );
  });

  test('what may be in a text that matches is in it', () => {
    fc.assert(
      fc.property(whole, text, (one, subject) => {
        const pattern = parseExpression(one, 'javascript');
        const found = pattern && wholeTest(wholeOf(pattern), one);
        const passed = found?.passes(subject);
        if (!found || passed === undefined) return;
        const { ascii } = found.characters(passed, false);
        for (const character of subject)
          expect((ascii[character.charCodeAt(0) >> 5] ?? 0) & (1 << (character.charCodeAt(0) & 31))).not.toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    // What bash takes for a character of its own.
    ['\\d', 'd', 'bash', true],
    ['^[\\.]$', '.', 'bash', true],
    ['^[\\.]$', '\\', 'bash', false],
    ['^[a\\-c]$', 'b', 'bash', true],
    ['^a\\+$', 'aa', 'basic', true],
    ['^a+$', 'a+', 'basic', true],
    ['a\\{2\\}', 'aa', 'basic', true],
    ['^[]a]$', ']', 'extended', true],
    ['^[[:digit:]]+$', '12', 'extended', true],
    ['^[[:alpha:]]$', 'é', 'extended', true],
    ['(a)\\1', 'aa', 'extended', undefined],
    ['(?=a)a', 'a', 'perl', undefined],
    ['(', '(', 'extended', undefined],
    ['[a', '[a', 'extended', undefined],
    ['a**', 'a', 'extended', true],
  ] as const)('%s of %j as %s', (one, subject, dialect, expected) => expect(finds(one, subject, dialect)).toBe(expected));

  test('none takes long', () => {
    const started = performance.now();
    finds('^(((a*)*)*)*b$', 'a'.repeat(300), 'extended');
    finds(`^${'(a|b)'.repeat(60)}$`, 'a'.repeat(400), 'extended');
    finds('('.repeat(300), 'a', 'extended');
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
