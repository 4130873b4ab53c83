import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../../../core/registry/challenge.ts';

const plain = (header: string) => parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('WWW-Authenticate', () => {
  test('a bearer challenge in any order, with a comma inside a quoted scope', () => {
    expect(plain('Bearer scope="repository:a/b:pull,push",service="x",realm="https://auth.example/token"')).toEqual([
      ['bearer', { scope: 'repository:a/b:pull,push', service: 'x', realm: 'https://auth.example/token' }],
    ]);
  });

  test('several challenges in one header', () => {
    expect(plain('Basic realm="one, two", Bearer realm="https://r", service = s')).toEqual([
      ['basic', { realm: 'one, two' }],
      ['bearer', { realm: 'https://r', service: 's' }],
    ]);
  });

  test('escaped quotes, capitals and a scheme without parameters', () => {
    expect(plain('Negotiate, BASIC Realm="a \\"quoted\\" name"')).toEqual([
      ['negotiate', {}],
      ['basic', { realm: 'a "quoted" name' }],
    ]);
  });

  test('no header makes it throw or hang', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), header => Array.isArray(parseChallenges(header))));
    expect(parseChallenges(`${'Bearer a="'.repeat(20_000)}`).length).toBeGreaterThan(0);
  });
});
