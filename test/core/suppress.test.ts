import { describe, expect, test } from 'vitest';
import { ignoreFix } from '../../core/ignoreFix.ts';
import { lintFile } from '../../core/lint.ts';
import type { Finding } from '../../core/rules/rule.ts';
import { LineMap } from '../../core/text/lines.ts';
import { applyEdits } from '../../core/text/span.ts';
import { Workspace } from '../../core/workspace/workspace.ts';
import { ownWorkflows } from './corpus.ts';

function lint(text: string): readonly Finding[] {
  const workspace = new Workspace();
  workspace.set('.github/workflows/w.yml', text);
  return lintFile(workspace, '.github/workflows/w.yml');
}

const step = (run: string) => `on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n${run}`;
const rules = (text: string) => lint(text).map(({ rule }) => rule);

describe('a comment counts', () => {
  test.each([
    ['behind the line', '      - run: echo "${{ github.head_ref }}" # tallyman: ignore[pr-input-in-shell] why\n'],
    ['above the line', '      # tallyman: ignore[pr-input-in-shell] why\n      - run: echo "${{ github.head_ref }}"\n'],
    ['above other comments', '      # tallyman: ignore[pr-input-in-shell] why\n      # more\n      - run: echo "${{ github.head_ref }}"\n'],
    ['in the script', '      - run: |\n          # tallyman: ignore[pr-input-in-shell] why\n          echo "${{ github.head_ref }}"\n'],
    [
      'behind the header of a block, for all of it',
      '      - run: | # tallyman: ignore[pr-input-in-shell] why\n          true\n\n          echo "${{ github.head_ref }}"\n',
    ],
    ['with line breaks of Windows', '      # tallyman: ignore[pr-input-in-shell] why\r\n      - run: echo "${{ github.head_ref }}"\r\n'],
  ])('%s', (_name, text) => {
    expect(rules(step(text))).toEqual([]);
  });

  test.each([
    [
      'not for another rule',
      '      - run: echo "${{ github.head_ref }}" # tallyman: ignore[deploy-moving-tag] why\n',
      ['ignore-unused', 'pr-input-in-shell'],
    ],
    [
      'not for the line after code',
      '      - run: true # tallyman: ignore[pr-input-in-shell] why\n      - run: echo "${{ github.head_ref }}"\n',
      ['ignore-unused', 'pr-input-in-shell'],
    ],
    [
      'not behind the end of a block',
      '      - run: | # tallyman: ignore[pr-input-in-shell] why\n          true\n      - run: echo "${{ github.head_ref }}"\n',
      ['ignore-unused', 'pr-input-in-shell'],
    ],
  ])('%s', (_name, text, expected) => {
    expect([...rules(step(text))].sort()).toEqual(expected);
  });
});

test('the fix that ignores a finding takes that one away and leaves all others, in every one of our workflows', () => {
  let offered = 0;
  let findings = 0;
  for (const { text } of ownWorkflows()) {
    const before = lint(text);
    const tried = new Set<string>();
    for (const finding of before) {
      // Every one of a rule in a file would be the same again, and takes a check of the file each.
      if (finding.severity === 'hint' || finding.rule === 'invalid-yaml' || tried.has(finding.rule)) continue;
      tried.add(finding.rule);
      findings++;
      const fix = ignoreFix(finding, new LineMap(text));
      if (!fix) continue;
      offered++;
      const after = lint(applyEdits(text, fix.edits)).map(({ rule }) => rule);
      const left = after.filter(rule => rule !== 'ignore-without-reason');
      expect(left.filter(rule => rule !== finding.rule)).toEqual(before.map(({ rule }) => rule).filter(rule => rule !== finding.rule));
      expect(left.length).toBeLessThan(before.length);
    }
  }
  // A step in braces or a folded line has no place for a comment.
  expect(offered).toBeGreaterThan(findings * 0.9);
}, 60_000);
