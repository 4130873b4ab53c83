import { expect, test } from 'vitest';
import { auditPattern } from '../../../core/policy/audit.ts';
import { nameMatcher } from '../../../core/policy/names.ts';
import { identityProblem, identityRegExp, isSigner } from '../../../core/policy/signers.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const main = 'https://github.com/acme/shop/.github/workflows/build.yml@refs/heads/main';
const any = 'https://github.com/acme/shop/.github/workflows/*.yml@refs/heads/main';

test.each([
  [main, main, true],
  [any, main, true],
  [any, 'https://github.com/acme/shop/.github/workflows/evil.yml@refs/heads/x/a.yml@refs/heads/main', false],
  [any, `${main}-2`, false],
  [any, `https://evil.example/?${main}`, false],
  ['https://github.com/acme/**', 'https://github.com/acme/a/b@refs/tags/v1', true],
  ['https://github.com/acme/**', 'https://github.com/acme-evil/a/b@refs/tags/v1', false],
  ['*@acme.com', 'ana@acme.com', true],
  ['*@acme.com', 'ana@acme.com.evil.io', false],
])('identity %s, signed by %s: %s', (identity, signer, expected) => {
  expect(isSigner({ kind: 'keyless', issuer, identity }, issuer, signer)).toBe(expected);
  expect(new RegExp(identityRegExp(identity)).test(signer)).toBe(expected);
  expect(isSigner({ kind: 'keyless', issuer, identity }, `${issuer}.evil.io`, signer)).toBe(false);
});

test.each([
  '*',
  '**',
  'https://*',
  'https://github.com/*',
  'https://github.com/acme*/x',
  'h*',
  '*@*',
  '*@acme',
  '.*',
  'https://github.com/acme/[a]',
  '',
])('%j would let others in', identity => {
  expect(identityProblem(identity)).toBeDefined();
});

test('an audit tag is known by its form', () => {
  const matches = nameMatcher(auditPattern('{tag}-{date}-{sha}', 'prod'));
  expect(matches('prod-20261121-1a2b3c4', 'surely')).toBe(true);
  expect(matches('prod-2026-1a2b3c4', 'surely')).toBe(false);
  expect(matches('staging-20261121-1a2b3c4', 'surely')).toBe(false);
});
