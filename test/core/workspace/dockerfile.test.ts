import { expect, test } from 'vitest';
import { readDockerfile } from '../../../core/workspace/dockerfile.ts';
import { isDockerIgnored } from '../../../core/workspace/dockerignore.ts';

test('a Dockerfile is its stages, with what each of them copies', () => {
  const stages = readDockerfile(
    [
      '# syntax=docker/dockerfile:1',
      'ARG BASE=node:22',
      'FROM --platform=$BUILDPLATFORM $BASE AS build',
      'COPY --chown=node package.json \\',
      '  package-lock.json ./',
      'ADD ["src", "config dir", "/app/"]',
      'FROM nginx',
      'COPY --from=build /app/dist /srv',
    ].join('\n'),
  );
  expect(stages).toEqual([
    { name: 'build', base: '$BASE', copies: ['package.json', 'package-lock.json', 'src', 'config dir'], takesFrom: [] },
    { base: 'nginx', copies: [], takesFrom: ['build'] },
  ]);
});

test('what is no Dockerfile has no stages', () => {
  expect(readDockerfile('')).toEqual([]);
  expect(readDockerfile('COPY . .\n\u0000{{')).toEqual([]);
});

test.each([
  ['.env', '.env', true],
  ['.env', 'api/.env', false],
  ['**/.env', 'api/.env', true],
  ['secrets', 'secrets/key.pem', true],
  ['/secrets/', 'secrets/key.pem', true],
  ['*\n!config', 'config/app.json', false],
  ['*\n!config', 'key.pem', true],
  ['# .env', '.env', false],
  ['*.pem', 'certs/key.pem', false],
])('.dockerignore %j on %s: %s', (text, file, ignored) => {
  expect(isDockerIgnored(text, file)).toBe(ignored);
});
