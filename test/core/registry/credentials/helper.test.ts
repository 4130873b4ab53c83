import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CredentialChain, credentialChain, triedWords } from '../../../../core/registry/credentials/chain.ts';
import { dockerSource } from '../../../../core/registry/credentials/dockerConfig.ts';
import type { HelperSettings } from '../../../../core/registry/credentials/helper.ts';
import { writeHelper } from '../../../fakes/credentialHelper.ts';

// The helpers are shell scripts.
const posix = process.platform !== 'win32';
let folder: string;
let bin: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tallyman-helper-')));
  bin = join(folder, 'bin');
});
afterEach(() => rm(folder, { recursive: true }));

const save = (config: unknown) => writeFile(join(folder, 'config.json'), JSON.stringify(config));
const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

function keychain(settings: Partial<HelperSettings> = {}): CredentialChain {
  const environment = { DOCKER_CONFIG: folder, PATH: `${bin}:/usr/bin:/bin` };
  return credentialChain([dockerSource({ outside: () => [], environment, ...settings })]);
}

async function tried(host: string, settings?: Partial<HelperSettings>): Promise<string> {
  const chain = keychain(settings);
  expect(await chain.credentials(host)).toBeUndefined();
  return triedWords(chain.tried(host));
}

describe.runIf(posix)('a credential helper', () => {
  test('answers for the host, asked once by its name from the home folder', async () => {
    await save({ auths: { 'ghcr.io': {} }, credsStore: 'vault' });
    const asked = await writeHelper(bin, 'vault', { knows: { 'ghcr.io': { Username: 'ada', Secret: 's3cret' } } });
    const chain = keychain();
    for (let count = 0; count < 3; count++)
      expect(await chain.credentials('ghcr.io')).toEqual({ kind: 'basic', username: 'ada', password: 's3cret' });
    expect(await asked()).toEqual([`get ghcr.io ${await realpath(homedir())}`]);
    expect(chain.tried('ghcr.io')).toEqual([
      { place: "docker's config.json", result: 'none' },
      { place: 'docker-credential-vault', result: 'found' },
    ]);
  });

  test('runs once for all who wait for it', async () => {
    await save({ credsStore: 'vault' });
    const asked = await writeHelper(bin, 'vault', { knows: { 'ghcr.io': { Username: 'ada', Secret: 's3cret' } } });
    const chain = keychain();
    const all = await Promise.all(Array.from({ length: 20 }, () => chain.credentials('ghcr.io')));
    expect(all.every(found => found?.kind === 'basic')).toBe(true);
    expect(await asked()).toHaveLength(1);
  });

  test('of one host comes before what is written in the file, and that before the one for all', async () => {
    const asked = await writeHelper(bin, 'own', { knows: { 'a.io': { Username: 'own', Secret: 'x' } } });
    const general = await writeHelper(bin, 'all', { knows: { 'c.io': { Username: 'all', Secret: 'z' } } });
    await save({
      auths: { 'a.io': auth('old:y'), 'b.io': auth('written:y') },
      credHelpers: { 'a.io': 'own', 'd.io': 'own' },
      credsStore: 'all',
    });
    const chain = keychain();
    expect(await chain.credentials('a.io')).toMatchObject({ username: 'own' });
    expect(await chain.credentials('b.io')).toMatchObject({ username: 'written' });
    expect(await chain.credentials('c.io')).toMatchObject({ username: 'all' });
    expect(await chain.credentials('d.io')).toBeUndefined();
    expect([(await asked()).length, (await general()).length]).toEqual([2, 1]);
  });

  test('is asked about Docker Hub by the names that docker uses', async () => {
    await save({ credsStore: 'vault' });
    const asked = await writeHelper(bin, 'vault', { knows: { 'docker.io': { Username: 'hub', Secret: 'x' } } });
    expect(await keychain().credentials('registry-1.docker.io')).toMatchObject({ username: 'hub' });
    expect((await asked()).map(line => line.split(' ')[1])).toEqual(['https://index.docker.io/v1/', 'docker.io']);
  });

  test('is asked as config.json spells the host where it does not know the plain name', async () => {
    await save({ auths: { 'https://registry.acme.io/v2/': {} }, credsStore: 'vault' });
    await writeHelper(bin, 'vault', { knows: { 'https://registry.acme.io/v2/': { Username: 'x', Secret: 'y' } } });
    expect(await keychain().credentials('registry.acme.io')).toMatchObject({ username: 'x' });
  });

  test('hands out identity tokens as a user named <token>', async () => {
    await save({ credHelpers: { 'acme.azurecr.io': 'acr' } });
    await writeHelper(bin, 'acr', { knows: { 'acme.azurecr.io': { Username: '<token>', Secret: 'refresh' } } });
    expect(await keychain().credentials('acme.azurecr.io')).toEqual({ kind: 'identityToken', token: 'refresh' });
  });

  test('that knows nothing is told apart from one that fails, is missing or hangs', async () => {
    await save({ credHelpers: { 'a.io': 'none', 'b.io': 'broken', 'c.io': 'missing', 'd.io': 'slow', 'e.io': 'odd', 'f.io': 'loud' } });
    await writeHelper(bin, 'none', {});
    await writeHelper(bin, 'broken', { says: 'error getting credentials: gpg: decryption failed: No secret key' });
    await writeHelper(bin, 'slow', { sleeps: 30 });
    await writeHelper(bin, 'odd', { says: '[]', code: 0 });
    await writeHelper(bin, 'loud', { says: '{"Username":"ada","Secret":"never-to-be-seen"}' });
    const end = "; docker's config.json – none";
    expect(await tried('a.io')).toBe(`docker-credential-none – none${end}`);
    expect(await tried('b.io')).toBe(
      `docker-credential-broken – failed: error getting credentials: gpg: decryption failed: No secret key${end}`,
    );
    expect(await tried('c.io')).toBe(`docker-credential-missing – not on the PATH${end}`);
    const before = Date.now();
    expect(await tried('d.io', { timeout: 300 })).toBe(`docker-credential-slow – timed out${end}`);
    expect(Date.now() - before).toBeLessThan(5000);
    expect(await tried('e.io')).toBe(`docker-credential-odd – answers with no credentials${end}`);
    expect(await tried('f.io')).toBe(`docker-credential-loud – failed (exit code 1)${end}`);
  });

  test('that the workspace brings is not run', async () => {
    await save({ credsStore: 'vault' });
    const asked = await writeHelper(bin, 'vault', { knows: { 'ghcr.io': { Username: 'ada', Secret: 'x' } } });
    expect(await tried('ghcr.io', { outside: () => [folder] })).toContain('docker-credential-vault – not on the PATH');
    expect(await tried('ghcr.io', { environment: { DOCKER_CONFIG: folder, PATH: 'bin:.' } })).toContain('not on the PATH');
    expect(await asked()).toEqual([]);
  });

  test('is not run in an untrusted workspace, and is once it is trusted', async () => {
    await save({ credsStore: 'vault' });
    const asked = await writeHelper(bin, 'vault', { knows: { 'ghcr.io': { Username: 'ada', Secret: 'x' } } });
    let trusted = false;
    const chain = keychain({ mayRun: () => trusted });
    expect(await chain.credentials('ghcr.io')).toBeUndefined();
    expect(triedWords(chain.tried('ghcr.io'))).toContain('not run until this workspace is trusted');
    expect(await asked()).toEqual([]);
    trusted = true;
    chain.renew();
    expect(await chain.credentials('ghcr.io')).toMatchObject({ username: 'ada' });
  });

  test.each(['../vault', 'a b', 'x;touch y', '$(id)', 'a/b', '..\\evil', 'nul\0'])(
    'is never run by a name that is none: %j',
    async name => {
      await save({ credsStore: name });
      expect(await tried('ghcr.io')).toContain("docker's credential helper – its name in config.json is not allowed");
    },
  );

  test('goes on for the others when one who waits gives up, and ends with the last', async () => {
    await save({ credsStore: 'vault' });
    await writeHelper(bin, 'vault', { sleeps: 1, knows: { 'ghcr.io': { Username: 'ada', Secret: 'x' } } });
    const chain = keychain();
    const hasty = new AbortController();
    const first = chain.credentials('ghcr.io', { signal: hasty.signal });
    const second = chain.credentials('ghcr.io');
    hasty.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    expect(await second).toMatchObject({ username: 'ada' });

    await writeHelper(bin, 'vault', { sleeps: 30 });
    chain.renew();
    const alone = new AbortController();
    setTimeout(() => alone.abort(new Error('enough')), 50);
    const before = Date.now();
    await expect(chain.credentials('ghcr.io', { signal: alone.signal })).rejects.toThrow('enough');
    expect(Date.now() - before).toBeLessThan(2000);
    await writeHelper(bin, 'vault', { knows: { 'ghcr.io': { Username: 'ada', Secret: 'y' } } });
    expect(await chain.credentials('ghcr.io')).toMatchObject({ password: 'y' });
  });
});
