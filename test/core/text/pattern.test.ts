import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPattern } from '../../../core/text/pattern.ts';
import { findText, textsOf } from '../../../core/text/patternSearch.ts';

function found(pattern: string, ...texts: Parameters<typeof textsOf>[0]) {
  const machine = readPattern(pattern);
  return machine && findText(machine, textsOf(texts));
}

function matches(pattern: string, text: string): boolean | undefined {
  const machine = readPattern(pattern);
  return machine && findText(machine, textsOf([text])) !== undefined;
}

describe('a pattern in Go’s syntax', () => {
  test.each([
    ['acme', 'https://github.com/acme-evil/', true],
    ['^acme', 'https://github.com/acme/', false],
    ['^https://github\\.com/acme/', 'https://github.com/acme/x', true],
    ['^a$', 'a', true],
    ['^a$', 'ab', false],
    ['\\Aa\\z', 'a', true],
    ['^(?i)ACME$', 'acme', true],
    ['^(?i:a)B$', 'AB', true],
    ['^(?i:a)B$', 'Ab', false],
    ['^[[:alpha:]]+$', 'aZ', true],
    ['^[^[:digit:]]$', '1', false],
    ['^[a-c\\d]{2,3}$', 'a1c', true],
    ['^[a-c\\d]{2,3}$', 'a1cc', false],
    ['^a{2,}$', 'aaa', true],
    ['^a{,2}$', 'a{,2}', true],
    ['^(?P<name>a|b)+?$', 'abab', true],
    ['^\\Qa.b\\E$', 'a.b', true],
    ['^\\Qa.b\\E$', 'axb', false],
    ['^\\x61$', 'a', true],
    ['^[]a]$', ']', true],
    ['', 'anything', true],
    ['a|', 'x', true],
  ])('%s on %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  test.each(['(', ')', '*a', 'a**b(', '\\bword', '\\pL', '[a', '(?=a)', '(a', '((a{99}){99}){99}'])('%s is not understood', pattern => {
    expect(readPattern(pattern)).toBeUndefined();
  });

  test('a shortest text of the language is found', () => {
    expect(found('^x[0-9]+y', 'x', { of: 'ab7' }, 'y', { of: 'z' })).toEqual({ text: 'x7y' });
    expect(found('^x[0-9]+y$', 'x', { of: 'ab' }, 'y')).toBeUndefined();
  });

  test('it matches what JavaScript’s own does', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', 'ab', '\\.', '^', '$');
    const { pattern } = fc.letrec<{ pattern: string; piece: string }>(tie => ({
      pattern: fc.array(tie('piece'), { maxLength: 4 }).map(pieces => pieces.join('')),
      piece: fc.oneof(
        { maxDepth: 3 },
        atom,
        fc.tuple(tie('pattern'), fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}')).map(([inner, times]) => `(${inner})${times}`),
        fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
      ),
    }));
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[ab.]{0,5}$/), (source, text) => {
        expect(matches(source, text)).toBe(new RegExp(source).test(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('a pattern that would take long to backtrack is read at once', () => {
    const start = performance.now();
    matches('^(a+)+$', `${'a'.repeat(200)}!`);
    matches(`${'(a?)'.repeat(200)}b`, 'a'.repeat(200));
    readPattern('('.repeat(100_000));
    readPattern('(((((((((((a+)+)+)+)+)+)+)+)+)+)+)+');
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
