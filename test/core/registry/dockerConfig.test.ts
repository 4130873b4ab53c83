import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dockerKeychain } from '../../../core/registry/dockerConfig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-docker-'));
});
afterEach(() => rm(folder, { recursive: true }));

const keychain = () => dockerKeychain({ DOCKER_CONFIG: folder });
const save = (config: unknown) => writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

test('what docker login wrote, under any spelling of the host', async () => {
  await save({
    auths: {
      'https://ghcr.io/v2/': auth('ada:a:b'),
      'https://index.docker.io/v1/': auth('hub:secret'),
      'Registry.Acme.io:5000': auth('x:y'),
    },
  });
  expect(await keychain().credentials('ghcr.io')).toEqual({ kind: 'basic', username: 'ada', password: 'a:b' });
  expect(await keychain().credentials('docker.io')).toEqual({ kind: 'basic', username: 'hub', password: 'secret' });
  expect(await keychain().credentials('registry.acme.io:5000')).toEqual({ kind: 'basic', username: 'x', password: 'y' });
});

test('credentials of one host are for no other', async () => {
  await save({ auths: { 'ghcr.io': auth('ada:secret'), 'registry.acme.io': auth('x:y') } });
  for (const host of ['ghcr.io.evil.com', 'evil-ghcr.io', 'ghcr.io:8443', 'acme.io'])
    expect(await keychain().credentials(host)).toBeUndefined();
});

test('identity tokens, also as a user named <token>', async () => {
  await save({ auths: { 'a.io': { ...auth('00000000:'), identitytoken: 'refresh' }, 'b.io': auth('<token>:other') } });
  expect(await keychain().credentials('a.io')).toEqual({ kind: 'identityToken', token: 'refresh' });
  expect(await keychain().credentials('b.io')).toEqual({ kind: 'identityToken', token: 'other' });
});

test('no config is no credentials, and nothing to say', async () => {
  expect(await keychain().credentials('ghcr.io')).toBeUndefined();
  expect(await keychain().note('ghcr.io')).toBeUndefined();
});

test.each(['{ not json', '[]', '""'])('a broken config is said, not thrown: %s', async text => {
  await save(text);
  expect(await keychain().credentials('ghcr.io')).toBeUndefined();
  expect(await keychain().note('ghcr.io')).toBe("Docker's config.json cannot be used: it is no JSON object.");
});

test('a host whose credentials only a helper has is said so', async () => {
  await save({ auths: { 'ghcr.io': {} }, credsStore: 'desktop', credHelpers: { 'acme.azurecr.io': 'acr-env' } });
  expect(await keychain().credentials('ghcr.io')).toBeUndefined();
  expect(await keychain().note('ghcr.io')).toContain('docker-credential-desktop');
  expect(await keychain().note('acme.azurecr.io')).toContain('docker-credential-acr-env');
  await save({ credsStore: '../../bin/sh -c evil' });
  expect(await keychain().note('ghcr.io')).toBeUndefined();
});
