import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatReference, isHost, parseReference } from '../../../core/image/reference.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;

test.each([
  ['nginx', { repository: 'nginx' }],
  ['acme/app:1.2', { repository: 'acme/app', tag: '1.2' }],
  ['localhost:5000/app', { host: 'localhost:5000', repository: 'app' }],
  ['localhost/app:x', { host: 'localhost', repository: 'app', tag: 'x' }],
  // Capitals make the first part a host, as docker reads it.
  ['Acme/app', { host: 'Acme', repository: 'app' }],
  ['ghcr.io/a/b/c:v1', { host: 'ghcr.io', repository: 'a/b/c', tag: 'v1' }],
  [`ghcr.io/a/b:v1@${digest}`, { host: 'ghcr.io', repository: 'a/b', tag: 'v1', digest }],
  [`[::1]:5000/a@${digest}`, { host: '[::1]:5000', repository: 'a', digest }],
])('%s', (text, parts) => {
  expect(parseReference(text)).toEqual(parts);
  expect(formatReference(parts)).toBe(text);
});

test.each([
  '',
  ':',
  'a:',
  'ghcr.io/Acme/app',
  'a b',
  'a:b:c',
  'a@sha256:abc',
  'a:.x',
  `a:${'x'.repeat(129)}`,
  '/a',
  'a//b',
  'host:99999/a',
  'https://ghcr.io/a',
  '../a',
])('%j is no reference', text => {
  expect(parseReference(text)).toBeUndefined();
});

test('what is parsed is written back the same', () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,5}(?:[._-][a-z0-9]{1,3})?$/);
  const tag = fc.option(fc.stringMatching(/^\w[\w.-]{0,10}$/), { nil: undefined });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), tag, (parts, name) => {
      const text = parts.join('/') + (name ? `:${name}` : '');
      const parsed = parseReference(text);
      expect(parsed && formatReference(parsed)).toBe(text);
    }),
  );
});

test('any text gives an answer and no exception', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => void parseReference(text)));
});

test('a host has a legal name and port, and no scheme or path', () => {
  expect(['ghcr.io', 'localhost:5000', '127.0.0.1:80', '[::1]:5000', 'A.b'].every(isHost)).toBe(true);
  expect(['', 'a/b', 'https://a', 'a:0', 'a:65536', '-a', 'a b', 'a@b', '[zz]:1'].some(isHost)).toBe(false);
});
