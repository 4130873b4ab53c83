import { expect, test } from 'vitest';
import { displayWidth } from '../../cli/formats/cells.ts';
import { frame } from '../../cli/formats/frame.ts';
import { pretty } from '../../cli/formats/pretty.ts';
import type { Finding } from '../../core/rules/rule.ts';
import { LineMap } from '../../core/text/lines.ts';

/** The frame of the text between `«` and `»`, without line numbers. */
function framed(marked: string, width = 80): string[] {
  const start = marked.indexOf('«');
  const end = marked.indexOf('»') - 1;
  const text = marked.replace(/[«»]/g, '');
  return frame(new LineMap(text), { start, end }, width).map(line => line.text);
}

test('carets stand below what they mean, also after CJK, emoji, combining marks and tabs', () => {
  expect(framed('image: «nginx:latest» # web')).toEqual(['image: nginx:latest # web', '       ^^^^^^^^^^^^']);
  expect(framed('名前: «🚢:出荷»')).toEqual(['名前: 🚢:出荷', '      ^^^^^^^']);
  expect(framed('👩‍💻 e\u0301: «x»')).toEqual(['👩‍💻 e\u0301: x', '      ^']);
  expect(framed('a\t«b»')).toEqual(['a   b', '    ^']);
  expect(framed('🇩🇪«x»')).toEqual(['🇩🇪x', '  ^']);
});

test('an empty place gets one caret, also at the end of a line and of the file', () => {
  expect(framed('tags:«»\n')).toEqual(['tags:', '     ^']);
  expect(framed('«»')).toEqual(['', '^']);
});

test('a place of several lines is marked where it begins and ends', () => {
  expect(framed('run: «|\n  one\n  two»\n')).toEqual(['run: |', '     ^', '  one', '  two', '  ^^^']);
  expect(framed('run: «|\r\n  one\r\n»next')).toEqual(['run: |', '     ^', '  one', '  ^^^']);
  expect(framed(`«${'a\n'.repeat(20)}»`)).toEqual(['a', '^', 'a', '...', 'a', 'a', '^']);
});

test('a long line is cut around its carets', () => {
  const [line, carets] = framed(`${'x'.repeat(500)}«mark»${'y'.repeat(100_000)}`, 60);
  expect(line).toMatch(/^…x+marky+…$/);
  expect(displayWidth(line ?? '')).toBeLessThanOrEqual(60);
  expect(carets?.indexOf('^')).toBe(line?.indexOf('mark'));
  expect(carets?.trim()).toBe('^^^^');
});

test('characters that forge terminal output are not printed', () => {
  const [line] = framed('a\u001b[31m\u202e«b»\u0007\u009b');
  expect(line).toBe('a[31mb');
});

const finding: Finding = {
  rule: 'deploy-moving-tag',
  severity: 'warning',
  message: 'word '.repeat(40).trim(),
  path: 'a\u001b[2J.yml',
  span: { start: 0, end: 2 },
  related: [{ path: 'b.yml', span: { start: 0, end: 0 }, message: 'The other\nplace.' }],
  fix: { title: 'Use the digest', safe: false, edits: [] },
};
const report = { files: 1, findings: [finding, finding], lines: () => new LineMap('on: push\n') };

test('a terminal gets colours and lines that fit, a pipe gets neither', () => {
  const narrow = pretty(report, { color: true, width: 60 });
  expect(narrow).toContain('\u001b[33mwarning[deploy-moving-tag]:\u001b[0m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are written with a control character
  const plain = narrow.replaceAll(/\u001b\[\d+m/g, '');
  expect(plain).not.toContain('\u001b');
  for (const line of plain.split('\n').filter(one => !one.includes('docs:'))) expect(displayWidth(line)).toBeLessThanOrEqual(60);
  expect(pretty(report, { color: false }).split('\n')[0]).toBe(`warning[deploy-moving-tag]: ${finding.message}`);
});

test('notes, suggestions and the docs page follow, the page once a rule', () => {
  const text = pretty(report, { color: false });
  expect(text).toContain('  = note: b.yml:1:1: The other place.\n  = suggestion: Use the digest\n');
  expect(text.match(/docs: /g)).toHaveLength(1);
  expect(text.endsWith('\n1 file checked: 2 warnings.\n')).toBe(true);
});
