import { expect, test } from 'vitest';
import { call, codes } from './raw.ts';

/** What both say of the API itself, and of names that are none. */
export function apiConforms(base: () => string): void {
  test('/v2/ answers 200 with the API version', async () => {
    const reply = await call(base(), '/v2/');
    expect([reply.status, reply.headers['docker-distribution-api-version'], reply.text]).toEqual([200, 'registry/2.0', '{}']);
  });

  test('a path that the API does not have is 404', async () => {
    expect((await call(base(), '/v1/search')).status).toBe(404);
    expect((await call(base(), '/v2/acme/app/nothing/here')).status).toBe(404);
  });
}

/** Basic authentication, over a registry that knows one user. */
export function basicAuthConforms(base: () => string, user: { name: string; password: string }): void {
  const basic = (name: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });

  test('without credentials everything is 401 with a Basic challenge', async () => {
    for (const path of ['/v2/', '/v2/_catalog', '/v2/acme/app/tags/list', '/v2/acme/app/manifests/v1']) {
      const reply = await call(base(), path);
      expect([reply.status, ...codes(reply)]).toEqual([401, 'UNAUTHORIZED']);
      expect(String(reply.headers['www-authenticate'])).toMatch(/^Basic realm="/);
    }
  });

  test('the right password is let in and a wrong one is not', async () => {
    expect((await call(base(), '/v2/', { headers: basic(user.name, user.password) })).status).toBe(200);
    expect((await call(base(), '/v2/', { headers: basic(user.name, 'guessed') })).status).toBe(401);
    expect((await call(base(), '/v2/', { headers: basic('nobody', user.password) })).status).toBe(401);
  });
}

/** A registry that was told to keep everything. */
export function withoutDeleteConforms(base: () => string, digest: () => Promise<string>): void {
  test('with delete off, DELETE is 405 UNSUPPORTED', async () => {
    const reply = await call(base(), `/v2/keep/app/manifests/${await digest()}`, { method: 'DELETE' });
    expect([reply.status, ...codes(reply)]).toEqual([405, 'UNSUPPORTED']);
  });
}
