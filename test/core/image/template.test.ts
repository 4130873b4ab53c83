import { describe, expect, test } from 'vitest';
import { referenceParts, tagMobility } from '../../../core/image/mobility.ts';
import { split, splitCsv, splitOnce, trim } from '../../../core/image/split.ts';
import { alternatives, choice, derived, display, extent, hole, literal, text } from '../../../core/image/template.ts';

const at = { start: 0, end: 0 };
const plain = (value: string, start = 0) => text(value, { start, end: start + value.length });

test('pieces of a split keep their own places', () => {
  const [first, second] = split([...plain('a: b,', 10), ...hole('x', 'line', { start: 15, end: 20 }), ...plain('c', 20)], /,/);
  expect(extent(first ?? [])).toEqual({ start: 10, end: 14 });
  expect(display(second ?? [])).toBe('${{ x }}c');
  expect(extent(second ?? [])).toEqual({ start: 15, end: 21 });
  expect(extent(trim(plain('  ab ', 5)))).toEqual({ start: 7, end: 9 });
});

test('a hole is not split, and a quoted CSV field keeps its comma', () => {
  expect(splitCsv([...plain('"name=a,b",push='), ...hole('x', 'line', at)]).map(display)).toEqual(['name=a,b', 'push=${{ x }}']);
  expect(splitCsv(plain('a="b",c')).map(display)).toEqual(['a="b"', 'c']);
  expect(splitOnce(plain('k=v=w'), '=')?.map(display)).toEqual(['k', 'v=w']);
});

test('alternatives multiply out, equal ones are one, and a flood becomes unknown', () => {
  const either = choice([plain('a'), plain('b'), plain('a')], at);
  expect(alternatives([...either, ...derived('-', at), ...either]).map(display)).toEqual(['a-a', 'a-b', 'b-a', 'b-b']);
  const many = choice(
    Array.from({ length: 10 }, (_, index) => plain(String(index))),
    at,
  );
  expect(alternatives([...many, ...many]).map(display)).toEqual(['${{ too many alternatives }}']);
  expect(literal(choice([plain('a'), plain('a')], at))).toBe('a');
});

describe('a reference in pieces', () => {
  test.each([
    ['ghcr.io/a/b:v1', 'ghcr.io/a/b', 'v1'],
    ['localhost:5000/a', 'localhost:5000/a', undefined],
    ['localhost:5000/a:x', 'localhost:5000/a', 'x'],
    ['nginx', 'nginx', undefined],
  ])('%s', (value, name, tag) => {
    const parts = referenceParts(plain(value));
    expect([display(parts.name), parts.tag && display(parts.tag.value), parts.open]).toEqual([name, tag, false]);
  });

  test('an unknown end may hold a tag, a repository name may not', () => {
    expect(referenceParts([...plain('ghcr.io/'), ...hole('inputs.image', 'anything', at)]).open).toBe(true);
    expect(referenceParts([...plain('ghcr.io/'), ...hole('github.repository', 'repository', at)]).open).toBe(false);
    const tagged = referenceParts([...hole('vars.IMAGE', 'line', at), ...plain(':x')]);
    expect(tagged.tag && display(tagged.tag.value)).toBe('x');
    expect(referenceParts([...plain('a@'), ...hole('d', 'digest', at)]).digest).toBeDefined();
  });
});

test.each(['latest', 'main', 'staging', 'prod', 'v1', '1.2', 'edge', 'latest-alpine', 'develop-latest'])('%s moves', tag => {
  expect(tagMobility(plain(tag))).toBe('moving');
});

test.each([
  'v1.4.2',
  '1.0.0-rc.1',
  'sha-1a2b3c4',
  '20261114',
  'prod-20261114-1a2b3c4',
  'main-0a1b2c3',
  '2026-11-14',
  '1762950000',
  `${'a'.repeat(39)}1`,
])('%s names one build', tag => {
  expect(tagMobility(plain(tag))).toBe('immutable');
});

test.each(['blue', 'feature', 'defaced', '18-alpine', 'pr-42', 'cafe'])('%s says nothing', tag => {
  expect(tagMobility(plain(tag))).toBe('unknown');
});
