import { expect, test } from 'vitest';
import { admitsSlash, passesFilter } from '../../../core/usage/refNames.ts';

test.for([
  [['v*'], 'v1.2.3', true],
  [['v*'], 'vprod', true],
  [['v*'], 'v1/2', false],
  [['v**'], 'v1/2', true],
  [['v[0-9]+.[0-9]+.[0-9]+'], 'v10.2.33', true],
  [['v[0-9]+.[0-9]+.[0-9]+'], 'vprod', false],
  [['v[12].[0-9]+'], 'v2.0', true],
  [['v[12].[0-9]+'], 'v3.0', false],
  [['releases?'], 'release', true],
  [['*', '!*-rc*'], '1.0-rc1', false],
  [['*', '!*-rc*'], '1.0', true],
  [['!v*'], 'prod', true],
  [['!v*'], 'v1', false],
  [['v*', '!v*-rc*', 'v2-rc1'], 'v2-rc1', true],
  [['main'], 'main', true],
  [['main'], 'maint', false],
  [undefined, 'anything/at/all', true],
] as const)('%s and %s: %s', ([names, name, passes]) => {
  expect(passesFilter(names, name)).toBe(passes);
});

test('a pattern that could be slow is not', () => {
  const started = performance.now();
  expect(passesFilter(['*a'.repeat(200)], 'a'.repeat(2000).concat('b'))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1500);
});

test('a filter says whether names have folders', () => {
  const start = { event: 'push', on: 'branch' } as const;
  expect(admitsSlash(start)).toBe(true);
  expect(admitsSlash({ ...start, names: ['main', 'v*'] })).toBe(false);
  expect(admitsSlash({ ...start, names: ['main', 'release/*'] })).toBe(true);
  expect(admitsSlash({ ...start, names: ['!main'] })).toBe(true);
});
