import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { absoluteLinks, readRulePages, whatHappens } from '../../../core/text/rulePages.ts';

const docs = join(import.meta.dirname, '..', '..', '..', 'docs', 'rules');
const pages = new Map(readdirSync(docs).map(name => [name.replace(/\.md$/, ''), readFileSync(join(docs, name), 'utf8')]));

test.each([...pages])('%s says in a paragraph what happens, and its links lead somewhere from anywhere', (_, page) => {
  const why = whatHappens(page) ?? '';
  expect(why).toMatch(/^[^#|\-\s][\s\S]*[.:]$/);
  expect(why.length).toBeLessThan(900);
  expect(absoluteLinks(page)).not.toMatch(/\]\((?!https:|#)/);
});

test('links to pages of ours are the same pages on the web', () => {
  const base = 'https://github.com/tallyman/tallyman/blob/main';
  expect(absoluteLinks('[a](other.md) [b](../policy.md#rules) [c](https://x.example) [d](#here)')).toBe(
    `[a](${base}/docs/rules/other.md) [b](${base}/docs/policy.md#rules) [c](https://x.example) [d](#here)`,
  );
  expect(whatHappens('# a\n\nNothing.\n')).toBeUndefined();
});

test.each([
  ['missing', undefined],
  ['no JSON', '{'],
  ['a list', '["a"]'],
  ['of numbers', '{ "a": 1 }'],
])('a file of pages that is %s holds none', (_, text) => {
  const dist = mkdtempSync(join(tmpdir(), 'tallyman-pages-'));
  if (text !== undefined) writeFileSync(join(dist, 'rulePages.json'), text);
  expect(readRulePages(dist).size).toBe(0);
  rmSync(dist, { recursive: true });
});
