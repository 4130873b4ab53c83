import { describe, expect, test } from 'vitest';
import { RegistryError, type RegistryErrorCode } from '../../../core/registry/errors.ts';
import { retryAfter } from '../../../core/registry/exchange.ts';
import { explain } from '../../../core/registry/explain.ts';
import { nextLink } from '../../../core/registry/paging.ts';

describe('Link', () => {
  test.each([
    ['</v2/a/tags/list?last=x&n=2>; rel="next"', '/v2/a/tags/list?last=x&n=2'],
    ['<https://h/v2/a>;rel=next', 'https://h/v2/a'],
    ['</first>; rel="first", </next>; title="a, b"; rel="next"', '/next'],
    ['</x>; rel="prev next"', '/x'],
    ['</x>; rel="nextish"', undefined],
    ['</x>; rel="prev"', undefined],
    ['nonsense', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s', (header, address) => {
    expect(nextLink(header)).toBe(address);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  test.each([
    ['3', 3000],
    ['Sat, 21 Nov 2026 10:00:05 GMT', 5000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    [null, undefined],
  ])('%s', (header, milliseconds) => {
    expect(retryAfter(header, now)).toBe(milliseconds);
  });
});

test('every trouble has its sentence: one line, with the host, ending in a full stop', () => {
  const codes: Readonly<Record<RegistryErrorCode, true>> = {
    BLOB_UNKNOWN: true,
    DENIED: true,
    DIGEST_INVALID: true,
    DIGEST_MISMATCH: true,
    FOREIGN_API: true,
    INSECURE: true,
    MANIFEST_BLOB_UNKNOWN: true,
    MANIFEST_INVALID: true,
    MANIFEST_UNKNOWN: true,
    NAME_INVALID: true,
    NAME_UNKNOWN: true,
    NOT_A_REGISTRY: true,
    PAGING: true,
    REDIRECT: true,
    REFERENCED: true,
    RESET: true,
    SERVER_ERROR: true,
    SESSION_EXPIRED: true,
    SIZE_INVALID: true,
    TAG_INVALID: true,
    TIMEOUT: true,
    TOOMANYREQUESTS: true,
    TOO_LARGE: true,
    UNAUTHORIZED: true,
    UNEXPECTED: true,
    UNREACHABLE: true,
    UNSUPPORTED: true,
    UNTRUSTED_REALM: true,
  };
  for (const code of Object.keys(codes) as RegistryErrorCode[]) {
    const sentence = explain(new RegistryError(code, 'ghcr.io', { subject: 'acme/app', status: 418 }));
    expect(sentence).toMatch(/^[^\n]+\.$/);
    expect(sentence).not.toContain('undefined');
    if (code !== 'NAME_INVALID') expect(sentence).toContain('ghcr.io');
  }
});

test('a refused manifest is told apart from a read that a registry answers with the same code', () => {
  const sentence = (request: string) => explain(new RegistryError('MANIFEST_INVALID', 'ghcr.io', { request, status: 400, subject: 'a/b' }));
  expect(sentence('PUT /v2/a/b/manifests/prod')).toBe('ghcr.io does not take the manifest of a/b.');
  expect(sentence('GET /v2/a/b/tags/list')).toBe('ghcr.io gave an answer that is not expected (status 400).');
});
