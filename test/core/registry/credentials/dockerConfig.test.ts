import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { credentialChain, triedWords } from '../../../../core/registry/credentials/chain.ts';
import { dockerSource } from '../../../../core/registry/credentials/dockerConfig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-docker-'));
});
afterEach(() => rm(folder, { recursive: true }));

const keychain = () => credentialChain([dockerSource({ outside: () => [], environment: { DOCKER_CONFIG: folder } })]);
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

test('an entry for the host itself comes before one for a path of it', async () => {
  await save({ auths: { 'ghcr.io/acme': auth('acme:part'), 'ghcr.io': auth('ada:whole') } });
  expect(await keychain().credentials('ghcr.io')).toMatchObject({ username: 'ada' });
});

test('credentials of one host are for no other', async () => {
  await save({ auths: { 'ghcr.io': auth('ada:secret'), 'registry.acme.io': auth('x:y'), 'https://index.docker.io/v1/': auth('hub:z') } });
  const others = [
    'ghcr.io.evil.com',
    'evil-ghcr.io',
    'ghcr.io:8443',
    'acme.io',
    'docker.io.evil.com',
    'hub.docker.com',
    'index.docker.io:443',
  ];
  for (const host of others) expect(await keychain().credentials(host)).toBeUndefined();
});

test('identity tokens, also as a user named <token>', async () => {
  await save({ auths: { 'a.io': { ...auth('00000000:'), identitytoken: 'refresh' }, 'b.io': auth('<token>:other') } });
  expect(await keychain().credentials('a.io')).toEqual({ kind: 'identityToken', token: 'refresh' });
  expect(await keychain().credentials('b.io')).toEqual({ kind: 'identityToken', token: 'other' });
});

test('no config is no credentials', async () => {
  const chain = keychain();
  expect(await chain.credentials('ghcr.io')).toBeUndefined();
  expect(triedWords(chain.tried('ghcr.io'))).toBe("docker's config.json – there is none");
});

test.each(['{ not json', '[]', '""'])('a broken config is said, not thrown: %s', async text => {
  await save(text);
  const chain = keychain();
  expect(await chain.credentials('ghcr.io')).toBeUndefined();
  expect(triedWords(chain.tried('ghcr.io'))).toBe("docker's config.json – is no JSON object");
});

test('a login meanwhile is seen', async () => {
  const chain = credentialChain([dockerSource({ outside: () => [], environment: { DOCKER_CONFIG: folder } })], { keepNone: 0 });
  expect(await chain.credentials('ghcr.io')).toBeUndefined();
  await save({ auths: { 'ghcr.io': auth('ada:late') } });
  expect(await chain.credentials('ghcr.io')).toMatchObject({ password: 'late' });
});
