import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { derived, hole, type Template } from '../../../core/image/template.ts';
import { nameMatcher, referenceMatcher, repositoryMatcher, tagMatcher } from '../../../core/policy/names.ts';

const at = { start: 0, end: 0 };
const registry = hole('steps.login.outputs.registry', 'line', at);
const shop: Template = [...registry, ...derived('/shop', at)];

describe('a pattern of repositories', () => {
  test.each([
    ['ghcr.io/acme/*', 'ghcr.io/acme/shop', true],
    ['ghcr.io/acme/*', 'ghcr.io/acme/shop/api', false],
    ['ghcr.io/acme/**', 'ghcr.io/acme/shop/api', true],
    ['ghcr.io/acme/*', 'ghcr.io/acme-evil/shop', false],
    ['**/shop', 'ghcr.io/acme/shop', true],
    ['**/shop', 'shop', true],
    ['ghcr.io/acme/{api,web}', 'ghcr.io/acme/web', true],
    ['ghcr.io/acme/shop-?', 'ghcr.io/acme/shop-1', true],
    ['ghcr.io?acme', 'ghcr.io/acme', false],
    ['ghcr.io[!a]acme', 'ghcr.io/acme', false],
    ['ghcr.io/Acme/Shop', 'ghcr.io/acme/shop', true],
    ['localhost:5000/shop', 'localhost:5000/shop', true],
    ['nginx', 'docker.io/library/nginx', true],
    ['docker.io/library/nginx', 'nginx', true],
    ['index.docker.io/acme/shop', 'acme/shop', true],
    ['acme/shop', 'ghcr.io/acme/shop', false],
  ])('%s on %s: %s', (pattern, name, matches) => {
    expect(repositoryMatcher(pattern)(name, 'surely')).toBe(matches);
  });

  test('may mean a registry that nobody knows, and surely means it only by a pattern', () => {
    const named = repositoryMatcher('1234.dkr.ecr.eu-west-1.amazonaws.com/shop');
    expect(named(shop, 'perhaps')).toBe(true);
    expect(named(shop, 'surely')).toBe(false);
    expect(named('${{ vars.REGISTRY }}/shop', 'perhaps')).toBe(true);
    expect(named('${{ vars.REGISTRY }}/shop-web', 'perhaps')).toBe(false);
    expect(repositoryMatcher('*/shop')(shop, 'surely')).toBe(true);
    expect(named('${{ vars.IMAGE }}', 'perhaps')).toBe(true);
    expect(named('$REGISTRY/shop', 'perhaps')).toBe(true);
    expect(named('$(cat registry)/shop', 'perhaps')).toBe(true);
  });
});

describe('a pattern of tags', () => {
  test.each([
    ['prod', 'ghcr.io/acme/shop', 'prod', true],
    ['prod', 'ghcr.io/acme/shop', 'prod-2', false],
    ['prod-*', 'anything', 'prod-2', true],
    ['ghcr.io/acme/*:prod', 'ghcr.io/acme/shop', 'prod', true],
    ['ghcr.io/acme/*:prod', 'ghcr.io/other/shop', 'prod', false],
    ['localhost:5000/shop:v*', 'localhost:5000/shop', 'v1', true],
    ['pr-*', 'shop', 'pr-${{ github.event.number }}', true],
    ['prod', 'shop', '${{ inputs.tag }}', false],
    ['p*d', 'shop', 'p${{ x }}d', true],
  ])('%s on %s and %s: %s', (pattern, repository, tag, matches) => {
    expect(tagMatcher(pattern)(repository, tag, 'surely')).toBe(matches);
  });

  test('perhaps means what some text would make the same', () => {
    const matches = tagMatcher('release-[0-9]*');
    expect(matches('shop', 'release-${{ inputs.version }}', 'perhaps')).toBe(true);
    expect(matches('shop', '${{ inputs.version }}', 'perhaps')).toBe(true);
    expect(matches('shop', 'preview-${{ inputs.version }}', 'perhaps')).toBe(false);
  });
});

test.each([
  ['ghcr.io/acme/cache', 'ghcr.io/acme/cache:main', true],
  ['ghcr.io/acme/cache:main', 'ghcr.io/acme/cache:main', true],
  ['ghcr.io/acme/cache:main', 'ghcr.io/acme/cache:other', false],
  ['ghcr.io/acme/cache:latest', 'ghcr.io/acme/cache', true],
  ['ghcr.io/acme/cache:main', '${{ env.CACHE }}', true],
])('a pattern of references, %s on %s: %s', (pattern, reference, matches) => {
  expect(referenceMatcher(pattern)(reference, 'perhaps')).toBe(matches);
});

test('what surely matches perhaps matches, and a name matches itself', () => {
  const piece = fc.constantFrom('a', 'b', '/', '*', '**', '?', '-', '.', '[ab]', '{a,b}');
  const namePiece = fc.constantFrom('a', 'b', '/', '-', '.', '${{ x }}');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(namePiece, { maxLength: 8 }), (pattern, name) => {
      const matches = nameMatcher(pattern.join(''));
      if (matches(name.join(''), 'surely')) expect(matches(name.join(''), 'perhaps')).toBe(true);
      const known = name.filter(one => !one.includes('$')).join('');
      expect(nameMatcher(known)(known, 'surely')).toBe(true);
    }),
  );
});

test('a pattern made to take long does not', () => {
  const started = Date.now();
  for (const certainty of ['surely', 'perhaps'] as const) {
    nameMatcher('*a'.repeat(200))('a'.repeat(1000), certainty);
    nameMatcher('**a'.repeat(150))('${{ x }}a'.repeat(100), certainty);
    nameMatcher('{a,b}'.repeat(90))('a'.repeat(1000), certainty);
    nameMatcher('a')('${{'.repeat(300), certainty);
    nameMatcher('a')('x'.repeat(10_000_000), certainty);
  }
  expect(Date.now() - started).toBeLessThan(1000);
});
