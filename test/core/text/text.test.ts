import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineMap } from '../../../core/text/lines.ts';
import { printable } from '../../../core/text/printable.ts';
import { applyEdits } from '../../../core/text/span.ts';

test('positions and offsets agree, in UTF-16 units, for every kind of line break', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', '🚀', '日') }), text => {
      const lines = new LineMap(text);
      for (let offset = 0; offset <= text.length; offset++) {
        const { line, column } = lines.position(offset);
        const inBreak = /[\r\n]/.test(text[offset - 1] ?? '') && column > lines.line(line).length;
        if (!inBreak) expect(lines.offset({ line, column })).toBe(Math.min(offset, offset));
      }
    }),
  );
});

test('a column past its line and a line past the file are clamped', () => {
  const lines = new LineMap('ab\ncd');
  expect(lines.offset({ line: 0, column: 99 })).toBe(2);
  expect(lines.offset({ line: 9, column: 0 })).toBe(5);
  expect(lines.position(99)).toEqual({ line: 1, column: 2 });
});

test('edits apply at their own places whatever their order, and may not overlap', () => {
  const edits = [
    { span: { start: 4, end: 5 }, text: 'E' },
    { span: { start: 0, end: 0 }, text: '>' },
    { span: { start: 1, end: 3 }, text: '' },
  ];
  expect(applyEdits('abcde', edits)).toBe('>adE');
  expect(() =>
    applyEdits('abcde', [
      { span: { start: 0, end: 3 }, text: '' },
      { span: { start: 2, end: 4 }, text: '' },
    ]),
  ).toThrow(RangeError);
});

test('text from outside cannot move the cursor, reorder or hide what is read', () => {
  expect(printable('a\u001b[31mred\u0007\u202Eevil\u200B\u2066x\nnext\tcell')).toBe('a[31mredevilx next cell');
  expect(printable('日本 🚀 é')).toBe('日本 🚀 é');
});
