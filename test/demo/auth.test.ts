import { afterEach, describe, expect, test } from 'vitest';
import { buildImage, push } from '../../demo/images/images.ts';
import type { Auth } from '../../demo/registry/auth.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { anyManifest, call, codes, manifestText, putManifest } from '../fakes/conformance/raw.ts';
import { rawDigest, skopeo } from '../fakes/skopeo.ts';
import { describeWith } from '../fakes/without.ts';

const users = {
  mara: { password: 'p:ss wörd' },
  reader: { password: 'only-reads', actions: ['pull'] },
} as const;

const image = buildImage({
  title: 'app',
  revision: 'a'.repeat(40),
  created: '2026-11-13T08:24:15Z',
  version: '1.0.0',
  source: 'https://github.com/acme/app',
  layers: [new Map([['hello', 'world\n']])],
  command: ['cat', 'hello'],
});

let registry: RunningRegistry | undefined;
afterEach(() => registry?.stop());

async function start(auth: Auth): Promise<RunningRegistry> {
  registry = await startRegistry({ auth });
  push(registry.store, 'acme/app', image, ['v1']);
  return registry;
}

const basic = (name: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });
const bearer = (token: string) => ({ authorization: `Bearer ${token}`, accept: anyManifest });

async function tokenOf({ url }: RunningRegistry, scope: string, headers: Record<string, string> = {}): Promise<string> {
  const reply = await call(url, `/token?service=tallyman-demo&scope=${encodeURIComponent(scope)}`, { headers });
  return (JSON.parse(reply.text) as { token: string }).token;
}

describe('token authentication', () => {
  test('the challenge names realm, service and the scope that is needed', async () => {
    const { url } = await start({ kind: 'token', users });
    const challenge = async (path: string, method = 'GET') => String((await call(url, path, { method })).headers['www-authenticate']);
    expect(await challenge('/v2/')).toBe(`Bearer realm="${url}/token",service="tallyman-demo"`);
    expect(await challenge('/v2/acme/app/manifests/v1')).toContain('scope="repository:acme/app:pull"');
    expect(await challenge('/v2/acme/app/manifests/v1', 'PUT')).toContain('scope="repository:acme/app:pull,push"');
    expect(await challenge('/v2/acme/app/manifests/v1', 'DELETE')).toContain('scope="repository:acme/app:delete"');
    expect(await challenge('/v2/_catalog')).toContain('scope="registry:catalog:*"');
    expect(await challenge(`/v2/a/b/blobs/uploads/?mount=${image.digest}&from=c/d`, 'POST')).toContain(
      'scope="repository:a/b:pull,push repository:c/d:pull"',
    );
  });

  test('a token opens what it was given for, and nothing else', async () => {
    const running = await start({ kind: 'token', users });
    const token = await tokenOf(running, 'repository:acme/app:pull', basic('mara', users.mara.password));
    expect((await call(running.url, '/v2/acme/app/manifests/v1', { headers: bearer(token) })).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/v2/acme/other/tags/list'],
      ['PUT', '/v2/acme/app/manifests/v2'],
      ['GET', '/v2/_catalog'],
    ] as const) {
      const reply = await call(running.url, path, { method, headers: bearer(token) });
      expect([reply.status, ...codes(reply)]).toEqual([401, 'UNAUTHORIZED']);
      expect(String(reply.headers['www-authenticate'])).toContain('error="insufficient_scope"');
    }
  });

  test('a user who only reads gets a token that only reads', async () => {
    const running = await start({ kind: 'token', users });
    const token = await tokenOf(running, 'repository:acme/app:pull,push', basic('reader', 'only-reads'));
    expect((await call(running.url, '/v2/acme/app/tags/list', { headers: bearer(token) })).status).toBe(200);
    const put = await call(running.url, '/v2/acme/app/manifests/v2', { method: 'PUT', body: '{}', headers: bearer(token) });
    expect(put.status).toBe(401);
  });

  test('a wrong password gets no token', async () => {
    const { url } = await start({ kind: 'token', users });
    expect((await call(url, '/token?scope=repository:acme/app:pull', { headers: basic('mara', 'guessed') })).status).toBe(401);
    expect((await call(url, '/token?scope=repository:acme/app:pull', { headers: basic('__proto__', 'x') })).status).toBe(401);
  });

  test('nobody in particular may read where that is allowed', async () => {
    const running = await start({ kind: 'token', users, anonymous: ['pull'] });
    const token = await tokenOf(running, 'repository:acme/app:pull,push');
    expect((await call(running.url, '/v2/acme/app/tags/list', { headers: bearer(token) })).status).toBe(200);
    expect((await call(running.url, '/v2/acme/app/manifests/v2', { method: 'PUT', headers: bearer(token) })).status).toBe(401);
  });

  test('an identity token is exchanged by POST', async () => {
    const { url } = await start({ kind: 'token', users, refreshTokens: { 'refresh-me': 'mara' } });
    const form = (token: string) =>
      call(url, '/token', {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, scope: 'repository:acme/app:pull' }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const { access_token: token } = JSON.parse((await form('refresh-me')).text) as { access_token: string };
    expect((await call(url, '/v2/acme/app/tags/list', { headers: bearer(token) })).status).toBe(200);
    expect((await form('made-up')).status).toBe(401);
  });

  test('a token that is too old is asked for again', async () => {
    const running = await start({ kind: 'token', users, lifetime: 0 });
    const token = await tokenOf(running, 'repository:acme/app:pull', basic('mara', users.mara.password));
    const reply = await call(running.url, '/v2/acme/app/tags/list', { headers: bearer(token) });
    expect(String(reply.headers['www-authenticate'])).toContain('error="invalid_token"');
  });
});

test('Basic: a user who only reads is refused a write with DENIED', async () => {
  const { url } = await start({ kind: 'basic', users });
  const headers = { ...basic('reader', 'only-reads'), 'content-type': 'application/json' };
  expect((await call(url, '/v2/acme/app/tags/list', { headers })).status).toBe(200);
  const put = await call(url, '/v2/acme/app/manifests/v2', { method: 'PUT', body: '{}', headers });
  expect([put.status, ...codes(put)]).toEqual([403, 'DENIED']);
});

test('anonymous registries ask nothing, and hand out no tokens', async () => {
  const { url } = await start({ kind: 'anonymous' });
  expect((await call(url, '/token')).status).toBe(404);
  expect((await putManifest(url, 'acme/app', 'v2', manifestText('no config').text)).status).toBe(400);
});

describeWith('skopeo', 'skopeo with credentials', () => {
  test.for(['token', 'basic'] as const)('inspects and copies under %s authentication', async kind => {
    const { host, store } = await start({ kind, users });
    const credentials = `mara:${users.mara.password}`;
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false', '--src-creds', credentials, '--dest-creds', credentials];
    await skopeo('copy', '--all', ...plain, `docker://${host}/acme/app:v1`, `docker://${host}/acme/copy:v1`);
    expect(store.manifest('acme/copy', 'v1')?.digest).toBe(image.digest);
    const raw = await skopeo('inspect', '--raw', '--tls-verify=false', '--creds', credentials, `docker://${host}/acme/copy:v1`);
    expect(raw.equals(image.bytes)).toBe(true);
    await expect(rawDigest(`${host}/acme/app:v1`)).rejects.toThrow(/unauthorized|authentication required/);
    await expect(skopeo('inspect', '--tls-verify=false', '--creds', 'mara:guessed', `docker://${host}/acme/app:v1`)).rejects.toThrow();
  });
});
