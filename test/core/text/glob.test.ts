import { expect, test } from 'vitest';
import { glob } from '../../../core/text/glob.ts';

test.each([
  ['ci/*.yml', 'ci/a.yml', true],
  ['ci/*.yml', 'ci/deep/a.yml', false],
  ['ci/*.yml', 'x/ci/a.yml', false],
  ['/ci/*.yml', 'ci/a.yml', true],
  ['./ci/*.yml', 'ci/a.yml', true],
  ['*.yml', 'any/where/a.yml', true],
  ['pipeline.yml', 'pipeline.yml', true],
  ['ci/**', 'ci/a/b/c.txt', true],
  ['ci/**/a.yml', 'ci/a.yml', true],
  ['**/flows/**/*.{yml,yaml}', 'x/flows/y/z.yaml', true],
  ['**/flows/**/*.{yml,yaml}', 'x/flows/y/z.json', false],
  ['ci/?.yml', 'ci/ab.yml', false],
  ['ci/[ab].yml', 'ci/b.yml', true],
  ['ci/[!ab].yml', 'ci/b.yml', false],
  ['a+b(c).yml', 'a+b(c).yml', true],
  ['出荷/*.yml', '出荷/🚢.yml', true],
  ['{a,b', '{a,b', true],
  ['{a,{b,c}}.yml', 'c.yml', true],
  ['\\\\*.yml', 'a.yml', false],
  ['[z-a].yml', 'z.yml', false],
])('%s on %s: %s', (pattern, path, matches) => {
  expect(glob(pattern)(path)).toBe(matches);
});

test('a pattern made to take long does not', () => {
  const start = Date.now();
  glob(`${'**/'.repeat(12)}x`)('a/'.repeat(200));
  glob('*a'.repeat(40))('a'.repeat(300));
  expect(Date.now() - start).toBeLessThan(1000);
});
