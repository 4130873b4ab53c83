import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { type CredentialSource, credentialChain, triedWords } from '../../../core/registry/credentials/chain.ts';
import { RegistryError } from '../../../core/registry/errors.ts';
import { explain } from '../../../core/registry/explain.ts';
import type { Fetch } from '../../../core/registry/fetch.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Credentials, Keychain } from '../../../core/registry/registry.ts';
import { verifyCredentials } from '../../../core/registry/verify.ts';
import type { Auth } from '../../../demo/registry/auth.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { image, push } from '../promotion/team.ts';

const password = 'correct-horse-battery';
const users = { ada: { password }, eve: { password: 'only-looking', actions: ['pull'] } } as const;
const stop: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of stop.splice(0)) await end();
});

function holding(credentials?: Credentials): Keychain & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    credentials: async host => {
      asked.push(host);
      return credentials;
    },
  };
}

const ada = () => holding({ kind: 'basic', username: 'ada', password });

async function start(auth: Auth): Promise<RunningRegistry> {
  const running = await startRegistry({ auth });
  push(running.store, 'team/app', image('one'), ['prod']);
  stop.push(() => running.stop());
  return running;
}

async function trouble(work: Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await work.then(
    () => undefined,
    reason => reason,
  );
  expect(error).toBeInstanceOf(RegistryError);
  return error as RegistryError;
}

describe('a registry with Basic authentication', () => {
  test('the first request is refused, the others carry the credentials', async () => {
    const running = await start({ kind: 'basic', users });
    const registry = connect(running.host, { keychain: ada() });
    for (let count = 0; count < 3; count++) expect(await registry.resolve('team/app', 'prod')).toBeDefined();
    expect(running.requests.map(({ status, authorization }) => [status, authorization])).toEqual([
      [401, undefined],
      [200, 'Basic'],
      [200, 'Basic'],
      [200, 'Basic'],
    ]);
  });

  test('without credentials, or with wrong ones, it says that they are wanted', async () => {
    const running = await start({ kind: 'basic', users });
    for (const keychain of [holding(), holding({ kind: 'basic', username: 'ada', password: 'wrong-password' })]) {
      const error = await trouble(connect(running.host, { keychain }).resolve('team/app', 'prod'));
      expect(error.code).toBe('UNAUTHORIZED');
      expect(explain(error)).toMatch(/wants credentials for team\/app:prod/);
    }
  });
});

describe('a registry with tokens', () => {
  test('one token serves all requests of a scope; writing takes another', async () => {
    const running = await start({ kind: 'token', users });
    const registry = connect(running.host, { keychain: ada() });
    const manifest = await registry.manifest('team/app', 'prod');
    await Promise.all(Array.from({ length: 10 }, () => registry.resolve('team/app', 'prod')));
    const tokens = () => running.requests.filter(({ path }) => path.startsWith('/token'));
    expect(tokens()).toHaveLength(1);
    if (manifest) await registry.putManifest('team/app', 'next', manifest);
    expect(tokens().map(({ path }) => new URLSearchParams(path.split('?')[1]).getAll('scope'))).toEqual([
      ['repository:team/app:pull'],
      ['repository:team/app:pull,push'],
    ]);
    expect(await registry.resolve('team/app', 'next')).toMatchObject({ digest: manifest?.digest });
  });

  test('a token that expires is replaced', async () => {
    const running = await start({ kind: 'token', users, lifetime: 1 });
    const registry = connect(running.host, { keychain: ada() });
    await registry.resolve('team/app', 'prod');
    await new Promise(resolve => setTimeout(resolve, 1100));
    expect(await registry.resolve('team/app', 'prod')).toBeDefined();
    expect(running.requests.filter(({ path }) => path.startsWith('/token'))).toHaveLength(2);
  });

  test('public images need no credentials', async () => {
    const running = await start({ kind: 'token', users, anonymous: ['pull'] });
    expect(await connect(running.host).resolve('team/app', 'prod')).toBeDefined();
  });

  test('an identity token is exchanged', async () => {
    const running = await start({ kind: 'token', users, refreshTokens: { 'refresh-me-please': 'ada' } });
    const keychain = holding({ kind: 'identityToken', token: 'refresh-me-please' });
    expect(await connect(running.host, { keychain }).resolve('team/app', 'prod')).toBeDefined();
    expect(running.requests.some(({ method, path }) => method === 'POST' && path === '/token')).toBe(true);
  });

  test('who may only look cannot write', async () => {
    const running = await start({ kind: 'token', users });
    const registry = connect(running.host, { keychain: holding({ kind: 'basic', username: 'eve', password: 'only-looking' }) });
    const manifest = await registry.manifest('team/app', 'prod');
    if (!manifest) throw new Error('prod is missing');
    expect(['DENIED', 'UNAUTHORIZED']).toContain((await trouble(registry.putManifest('team/app', 'next', manifest))).code);
  });

  test.each([
    ['https://auth.evil.io/token', 'UNTRUSTED_REALM'],
    ['http://auth.evil.io/token', 'INSECURE'],
    ['file:///etc/passwd', 'INSECURE'],
    ['not a url at all://', 'UNTRUSTED_REALM'],
  ])('a token service at %s gets nothing', async (realm, code) => {
    const running = await start({ kind: 'token', users, realm });
    const sent: string[] = [];
    const watching: Fetch = (url, init) => {
      sent.push(url);
      return fetch(url, init);
    };
    const error = await trouble(connect(running.host, { keychain: ada(), fetch: watching }).resolve('team/app', 'prod'));
    expect(error.code).toBe(code);
    expect(sent.every(url => url.startsWith(running.url))).toBe(true);
    if (code === 'UNTRUSTED_REALM' && realm.startsWith('https')) expect(error.realm).toBe('https://auth.evil.io');
  });

  test('a token service that the user trusts is used', async () => {
    const service = await start({ kind: 'token', users });
    const running = await start({ kind: 'token', users, realm: 'https://auth.partner.example/token' });
    const asked: string[] = [];
    const resolving: Fetch = (url, init) => {
      asked.push(new URL(url).origin);
      return fetch(url.replace('https://auth.partner.example', service.url), init);
    };
    const options = { keychain: ada(), fetch: resolving, trustedRealms: ['https://auth.partner.example'] };
    await trouble(connect(running.host, options).resolve('team/app', 'prod'));
    expect(asked).toContain('https://auth.partner.example');
  });
});

describe('credentials from several places', () => {
  const found = (place: string, credentials?: Credentials): CredentialSource => ({
    async *look() {
      yield credentials ? { place, result: 'found', credentials } : { place, result: 'none' };
    },
  });
  const stale = { kind: 'basic', username: 'ada', password: 'changed-since' } as const;
  const good = { kind: 'basic', username: 'ada', password } as const;

  test.each<Auth>([
    { kind: 'basic', users },
    { kind: 'token', users },
  ])('those that the registry refuses give way to the next ($kind)', async auth => {
    const running = await start(auth);
    const keychain = credentialChain([found('stored here', stale), found("docker's config.json", good)]);
    const registry = connect(running.host, { keychain });
    expect(await registry.resolve('team/app', 'prod')).toBeDefined();
    expect(triedWords(keychain.tried(running.host))).toBe("stored here – refused by the registry; docker's config.json – found");
    const before = running.requests.length;
    expect(await registry.resolve('team/app', 'prod')).toBeDefined();
    expect(running.requests.length).toBe(before + 1);
  });

  test.each<Auth>([
    { kind: 'basic', users },
    { kind: 'token', users },
  ])('with nothing better it is one error that tells all ($kind)', async auth => {
    const running = await start(auth);
    const keychain = credentialChain([found('stored here', stale), found("docker's config.json")]);
    const registry = connect(running.host, { keychain });
    expect((await trouble(registry.resolve('team/app', 'prod'))).code).toBe('UNAUTHORIZED');
    expect(triedWords(keychain.tried(running.host))).toBe("stored here – refused by the registry; docker's config.json – none");
    expect(running.requests.length).toBeLessThan(6);
  });

  test('what anybody may read is read in spite of credentials that are refused; writing is not tried without', async () => {
    const running = await start({ kind: 'token', users, anonymous: ['pull'] });
    const registry = connect(running.host, { keychain: credentialChain([found('stored here', stale)]) });
    const manifest = await registry.manifest('team/app', 'prod');
    if (!manifest) throw new Error('prod is missing');
    expect((await trouble(registry.putManifest('team/app', 'next', manifest))).code).toBe('UNAUTHORIZED');
  });

  test('what a helper hands out anew after a refusal is used', async () => {
    const running = await start({ kind: 'basic', users });
    const answers: Credentials[] = [stale, good];
    const helper: CredentialSource = {
      async *look() {
        const credentials = answers.shift();
        if (credentials) yield { place: 'docker-credential-vault', result: 'found', credentials };
      },
    };
    expect(await connect(running.host, { keychain: credentialChain([helper]) }).resolve('team/app', 'prod')).toBeDefined();
  });

  test('are verified before they are kept', async () => {
    for (const auth of [{ kind: 'basic', users } as const, { kind: 'token', users } as const]) {
      const { host } = await start(auth);
      await verifyCredentials(host, good, {});
      expect((await trouble(verifyCredentials(host, stale, {}))).code).toBe('UNAUTHORIZED');
    }
    const open = await start({ kind: 'anonymous' });
    await verifyCredentials(open.host, stale, {}, 'team/app');
    await verifyCredentials(open.host, stale, {}, 'team/none');
  });
});

describe('where credentials do not go', () => {
  test('to another host after a redirect', async () => {
    const elsewhere = await start({ kind: 'anonymous' });
    const running = await start({ kind: 'basic', users });
    const registry = connect(running.host, { keychain: ada() });
    await registry.resolve('team/app', 'prod');
    running.faults.add({ kind: 'redirect', to: elsewhere.url });
    expect(await registry.manifest('team/app', 'prod')).toBeDefined();
    expect(elsewhere.requests).toHaveLength(1);
    expect(elsewhere.requests[0]?.authorization).toBeUndefined();
  });

  test('a write is not redirected at all', async () => {
    const elsewhere = await start({ kind: 'anonymous' });
    const running = await start({ kind: 'anonymous' });
    const registry = connect(running.host);
    const manifest = await registry.manifest('team/app', 'prod');
    if (!manifest) throw new Error('prod is missing');
    running.faults.add({ kind: 'redirect', to: elsewhere.url, method: 'PUT' });
    expect((await trouble(registry.putManifest('team/app', 'next', manifest))).code).toBe('REDIRECT');
    expect(elsewhere.requests).toEqual([]);
  });

  test('over plain http to a host that is not this machine', async () => {
    const running = await start({ kind: 'basic', users });
    const keychain = ada();
    const resolving: Fetch = (url, init) => fetch(url.replace('http://registry.lan:5000', running.url), init);
    const registry = connect('registry.lan:5000', { keychain, fetch: resolving, plainHttp: true });
    expect((await trouble(registry.resolve('team/app', 'prod'))).code).toBe('INSECURE');
    expect(keychain.asked).toEqual([]);
    expect(running.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  test('into errors, even when the registry repeats what it was sent', async () => {
    let server: Server | undefined;
    stop.push(() => server?.close());
    server = createServer((request, response) => {
      const { authorization } = request.headers;
      const message = `you sent ${authorization} (${Buffer.from(String(authorization?.split(' ')[1]), 'base64')})`;
      response.writeHead(authorization ? 403 : 401, { 'www-authenticate': 'Basic realm="x"', 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ code: 'DENIED', message }] }));
    });
    await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error = await trouble(connect(host, { keychain: ada() }).manifest('team/app', 'prod'));
    const everything = inspect(error, { depth: 9 }) + explain(error);
    expect(everything).toContain('you sent');
    expect(everything).not.toContain(password);
    expect(everything).not.toContain(Buffer.from(`ada:${password}`).toString('base64'));
  });
});
