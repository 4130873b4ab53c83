import { describe, expect, test } from 'vitest';
import { type GetSession, githubSource } from '../../client/githubSession.ts';
import { credentialChain, triedWords } from '../../core/registry/credentials/chain.ts';

const token = 'gho_of-the-tests';

/** The editor's own sign-in, as far as it is asked: sessions by their exact scopes, and a person who consents or not. */
function editor(granted: readonly (readonly string[])[], consents = true) {
  const sessions = granted.map(scopes => [...scopes].sort().join(' '));
  const asked: string[] = [];
  const getSession: GetSession = async (provider, scopes, { silent, createIfNone }) => {
    const key = [...scopes].sort().join(' ');
    asked.push(`${provider} ${silent ? 'silently' : 'asking'}: ${key}`);
    if (!sessions.includes(key)) {
      if (!createIfNone) return undefined;
      if (!consents) throw new Error('User did not consent to login.');
      sessions.push(key);
    }
    return { id: '1', accessToken: `${token} ${key}`, account: { id: '1', label: 'ada' }, scopes: key.split(' ') };
  };
  return { getSession, asked };
}

const read = ['read:packages'];
const write = ['read:packages', 'write:packages'];

describe('the GitHub session', () => {
  test('answers for exactly ghcr.io and api.github.com', async () => {
    const { getSession, asked } = editor([read]);
    const chain = credentialChain([githubSource(getSession, () => true)]);
    for (const host of ['ghcr.io', 'GHCR.io', 'api.github.com'])
      expect(await chain.credentials(host)).toEqual({ kind: 'basic', username: 'ada', password: `${token} read:packages` });
    const before = asked.length;
    const others = [
      'ghcr.io:443',
      'ghcr.io.',
      'ghcr.io.evil.com',
      'notghcr.io',
      'x.ghcr.io',
      'github.com',
      'api.github.com.evil.com',
      'docker.io',
      '127.0.0.1:5000',
    ];
    for (const host of others) {
      expect(await chain.credentials(host)).toBeUndefined();
      expect(chain.tried(host)).toEqual([]);
    }
    expect(asked).toHaveLength(before);
    expect(asked.every(line => line.startsWith('github silently'))).toBe(true);
  });

  test('that was never allowed is none, and nobody is asked', async () => {
    const { getSession, asked } = editor([]);
    const chain = credentialChain([githubSource(getSession, () => true)]);
    expect(await chain.credentials('ghcr.io')).toBeUndefined();
    expect(triedWords(chain.tried('ghcr.io'))).toBe("VS Code's GitHub session – none");
    expect(asked.every(line => line.includes('silently'))).toBe(true);
  });

  test('is asked for to read; what it may do more is asked for on its own, once', async () => {
    const { getSession, asked } = editor([]);
    const source = githubSource(getSession, () => true);
    await source.ask('read');
    expect(asked).toEqual(['github asking: read:packages']);
    expect([await source.allows('read'), await source.allows('write'), await source.allows('delete')]).toEqual([true, false, false]);
    await source.ask('write');
    expect(await source.allows('write')).toBe(true);
    const chain = credentialChain([source]);
    expect(await chain.credentials('ghcr.io')).toMatchObject({ password: `${token} read:packages write:packages` });
    await source.ask('delete');
    expect([await source.allows('write'), await source.allows('delete')]).toEqual([true, true]);
  });

  test('of somebody who declines stays as it was', async () => {
    const source = githubSource(editor([write], false).getSession, () => true);
    await expect(source.ask('delete')).rejects.toThrow('consent');
    expect([await source.allows('write'), await source.allows('delete')]).toEqual([true, false]);
  });

  test('is not looked at in an untrusted workspace, nor where the editor has no sign-in', async () => {
    const { getSession, asked } = editor([read]);
    const untrusted = credentialChain([githubSource(getSession, () => false)]);
    expect(await untrusted.credentials('ghcr.io')).toBeUndefined();
    expect(triedWords(untrusted.tried('ghcr.io'))).toContain('not used until this workspace is trusted');
    expect(asked).toEqual([]);
    const without = credentialChain([
      githubSource(
        () => Promise.reject(new Error('No authentication provider')),
        () => true,
      ),
    ]);
    expect(await without.credentials('ghcr.io')).toBeUndefined();
    expect(triedWords(without.tried('ghcr.io'))).toBe("VS Code's GitHub session – not available");
  });
});
