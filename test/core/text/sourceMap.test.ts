import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isScalar, parseDocument } from 'yaml';
import { type ScalarStyle, sourceSegments, toSource } from '../../../core/text/sourceMap.ts';

/** Every mapped character must be the source's own. */
function check(source: string): { value: string; mapped: number } {
  const node = parseDocument(source).get('k', true);
  if (!isScalar(node) || !node.range || typeof node.value !== 'string') throw new Error(`no string under k in ${JSON.stringify(source)}`);
  const value = node.value;
  const segments = sourceSegments(source, { start: node.range[0], end: node.range[1] }, node.type as ScalarStyle, value);
  let mapped = 0;
  let last = -1;
  for (const segment of segments) {
    expect(segment.value).toBeGreaterThan(last);
    expect(source.slice(segment.source, segment.source + segment.length)).toBe(value.slice(segment.value, segment.value + segment.length));
    last = segment.value + segment.length - 1;
    mapped += segment.length;
  }
  return { value, mapped };
}

test.each([
  ['plain', 'k: some words # comment\n'],
  ['plain over lines', 'k: some words\n  that go on\n\n  and on\nb: 1\n'],
  ['single quotes', "k: 'it''s here'\n"],
  ['double quotes with escapes', 'k: "a\\tb\\u00e9\\x41 \\"q\\" \\U0001F600 end"\n'],
  ['double quotes over lines', 'k: "one\n  two \\\n  three\n\n  four"\n'],
  ['literal', 'k: |\n  one\n    two\n\n  three\nb: 1\n'],
  ['literal with indentation indicator', 'k: |2\n    one\n   two\n'],
  ['literal, keep and strip', 'k: |+\n  one\n\n\n'],
  ['folded', 'k: >-\n  one\n  two\n\n  three\n    more\n  four\n'],
  ['line breaks of Windows', 'k: |\r\n  one\r\n  two\r\nb: 1\r\n'],
  ['wide characters', 'k: |\n  echo "🚀 日本"\n  b\n'],
  ['lines that repeat', 'k: |\n  a\n  a\n  ab\n  a\n'],
])('%s: mapped characters are the source’s own', (_name, source) => {
  const { value, mapped } = check(source);
  // All but folded breaks and escapes has a place.
  expect(mapped).toBeGreaterThanOrEqual(value.replace(/[\s"\t]/g, '').length - 4);
});

test('any text in any style maps to its own characters', () => {
  const line = fc.stringMatching(/^[a-c{}$ #:'"\\-]{0,8}$/);
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.constantFrom('|', '>', '|-', '>+', '"', "'"), (lines, style) => {
      const quoted = style === '"' || style === "'";
      const escaped = style === '"' ? lines.map(text => text.replace(/[\\"]/g, '\\$&')) : lines.map(text => text.replace(/'/g, "''"));
      const source = quoted
        ? `k: ${style}${escaped.join('\n  ')}${style}\n`
        : `k: ${style}\n  x\n${lines.map(text => `  ${text}`).join('\n')}\nb: 1\n`;
      check(source);
    }),
    { numRuns: 500 },
  );
});

test('an offset between segments is the end of the one before', () => {
  expect(
    toSource(
      [
        { value: 0, source: 10, length: 3 },
        { value: 4, source: 20, length: 2 },
      ],
      3,
      0,
    ),
  ).toBe(13);
  expect(toSource([], 3, 7)).toBe(7);
});
