import { beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../../core/image/digest.ts';
import type { RegistryError } from '../../../../core/registry/errors.ts';
import { explain } from '../../../../core/registry/explain.ts';
import { connect } from '../../../../core/registry/providers/index.ts';
import type { Fault } from '../../../../demo/registry/faults.ts';
import { serve } from '../../../fakes/serve.ts';
import { at, bytes, keychainOf, routed, rows, trouble } from '../asking.ts';
import { moby, secret, stage } from './moby.ts';

const on = stage();
const tokens = () => on.hub.api.requests.filter(({ path }) => path === '/v2/auth/token');

describe('the limit on pulls', () => {
  beforeEach(() => {
    for (const name of ['one', 'two', 'three']) on.hub.state.push('moby/shop', bytes(name), [name], at(1));
    on.hub.registry.requests.length = 0;
  });
  const pulls = () => on.hub.registry.requests.filter(({ method, path }) => method === 'GET' && path.includes('/manifests/'));

  test('once it is used up nothing is pulled, and HEAD goes on', async () => {
    on.hub.state.pulls = 1;
    const registry = on.anonymous();
    expect(await registry.manifest('moby/shop', 'one')).toBeDefined();
    const error = await trouble(registry.manifest('moby/shop', 'two'));
    expect(error.code).toBe('TOOMANYREQUESTS');
    expect(error.detail).toBe('its limit of 100 pulls in 6 h is used up');
    expect(explain(error)).toMatch(/asks to wait 60 s/);
    expect(await registry.resolve('moby/shop', 'three')).toBeDefined();
    expect(await registry.manifest('moby/shop', 'one')).toBeDefined();
    expect(pulls()).toHaveLength(1);
  });

  test('a HEAD that tells of pulls again lets them through', async () => {
    on.hub.state.pulls = 0;
    const registry = on.anonymous();
    await trouble(registry.manifest('moby/shop', 'one'));
    on.hub.state.pulls = 5;
    expect(await registry.manifest('moby/shop', 'one')).toBeDefined();
    expect(on.hub.state.pulls).toBe(4);
  });

  test('a refusal that names no end is not followed by another request', async () => {
    on.hub.registry.faults.add({
      kind: 'answer',
      status: 429,
      method: 'GET',
      path: /manifests/,
      body: { errors: [{ code: 'TOOMANYREQUESTS', message: 'You have reached your pull rate limit.' }] },
    });
    const registry = on.anonymous();
    const digest = (await registry.resolve('moby/shop', 'one'))?.digest ?? digestOf('');
    expect((await trouble(registry.manifest('moby/shop', digest))).retryAfter).toBe(60_000);
    await trouble(registry.manifest('moby/shop', digest));
    expect(pulls()).toHaveLength(1);
  });
});

describe("the API's own limit", () => {
  test('is told with the wait that X-Retry-After names, and nothing is sent until then', async () => {
    on.hub.state.fill('moby/shop', 500);
    on.hub.state.remaining = 2;
    const registry = on.anonymous();
    const error = await trouble(rows(registry, 'moby/shop'));
    expect(error.code).toBe('TOOMANYREQUESTS');
    expect(error.retryAfter).toBeGreaterThan(30_000);
    expect(error.retryAfter).toBeLessThanOrEqual(46_000);
    const sent = on.hub.api.requests.length;
    await trouble(rows(registry, 'moby/shop'));
    await trouble(registry.lookUp('moby/shop', ['nope']));
    expect(on.hub.api.requests).toHaveLength(sent);
  });
});

describe('tokens', () => {
  beforeEach(() => {
    on.hub.state.push('moby/shop', bytes('one'), ['v1'], at(1));
    on.hub.state.hidden.add('moby/shop');
  });

  test('one is asked for by several requests at once, and kept', async () => {
    const registry = on.open();
    await Promise.all([rows(registry, 'moby/shop'), registry.lookUp('moby/shop', ['v2', 'v3'])]);
    await registry.untag('moby/shop', 'v1');
    expect(tokens()).toHaveLength(1);
  });

  test('one that has ended is renewed before it is sent, one that is refused after', async () => {
    on.hub.state.tokenLifetime = 1;
    const registry = on.open();
    await rows(registry, 'moby/shop');
    await new Promise(resolve => setTimeout(resolve, 1100));
    on.hub.state.tokenLifetime = 600;
    await registry.lookUp('moby/shop', ['v1']);
    await registry.untag('moby/shop', 'gone');
    expect(tokens()).toHaveLength(2);
    on.hub.state.tokens.clear();
    await registry.untag('moby/shop', 'gone');
    expect(tokens()).toHaveLength(3);
    expect(on.hub.api.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  test('a login that is refused reads what anybody may, and is not asked with again', async () => {
    on.hub.state.users.set('moby', 'another');
    on.hub.state.hidden.clear();
    const registry = on.open();
    expect(await rows(registry, 'moby/shop')).toHaveLength(1);
    await registry.lookUp('moby/shop', ['v2']);
    expect((await trouble(registry.untag('moby/shop', 'v1'))).code).toBe('UNAUTHORIZED');
    expect(tokens()).toHaveLength(1);
  });

  test('an API that ends every token is given up, not asked for ever', async () => {
    on.hub.api.faults.add({ kind: 'answer', status: 401, path: /tags/, body: { message: `${secret} is no good` } });
    await rows(on.open(), 'moby/shop');
    expect(tokens()).toHaveLength(2);
  });
});

describe('without the API', () => {
  test.each([401, 403, 404])('where it answers %i, tags are listed by their names, and looked up by HEAD', async status => {
    on.hub.state.push('moby/shop', bytes('one'), ['prod', 'v1'], at(1));
    on.hub.api.faults.add({ kind: 'answer', status, path: /tags/, body: { message: 'no' } });
    const registry = on.anonymous();
    expect(await rows(registry, 'moby/shop')).toEqual([{ tags: ['prod'] }, { tags: ['v1'] }]);
    const sent = on.hub.api.requests.length;
    expect((await registry.lookUp('moby/shop', ['prod'])).get('prod')?.digest).toMatch(/^sha256:/);
    expect(on.hub.api.requests).toHaveLength(sent);
  });

  test('a host whose API is not known is an ordinary registry', async () => {
    on.hub.state.push('moby/shop', bytes('one'), ['prod'], at(1));
    const registry = connect(on.hub.registry.host, { kind: 'dockerHub' });
    expect(await rows(registry, 'moby/shop')).toEqual([{ tags: ['prod'] }]);
    expect(registry.abilities).toMatchObject({ digests: false, untag: false, repositories: false });
  });
});

describe('trouble in the middle of a listing', () => {
  const faults: readonly (readonly [string, Fault, RegistryError['code']])[] = [
    ['500', { kind: 'status', status: 500 }, 'SERVER_ERROR'],
    ['a reset connection', { kind: 'reset' }, 'RESET'],
    ['a truncated body', { kind: 'truncatedBody' }, 'RESET'],
    ["a proxy's page", { kind: 'html' }, 'NOT_A_REGISTRY'],
    ['JSON of another kind', { kind: 'answer', status: 200, body: [] }, 'NOT_A_REGISTRY'],
    ['404', { kind: 'answer', status: 404, body: { message: 'object not found' } }, 'NAME_UNKNOWN'],
    ['403 for somebody who is signed in', { kind: 'answer', status: 403, body: { message: 'access denied' } }, 'DENIED'],
  ];
  test.each(faults)('%s is one error', async (_name, fault, code) => {
    on.hub.state.fill('moby/shop', 300);
    const registry = on.open();
    const read = async () => {
      for await (const _ of registry.images('moby/shop')) on.hub.api.faults.add({ ...fault, path: /tags/ });
    };
    expect((await trouble(read())).code).toBe(code);
  });

  test('a next page that is always there ends', async () => {
    const body = { count: 1e9, next: 'https://evil.example/next', results: [{ name: 'a' }] };
    on.hub.api.faults.add({ kind: 'answer', status: 200, body });
    expect((await trouble(rows(on.anonymous(), 'moby/shop'))).code).toBe('PAGING');
    expect(on.hub.api.requests.length).toBeLessThan(10);
  });
});

describe('where the login goes', () => {
  test("to hub.docker.com, auth.docker.io and nowhere else, whatever the registry's name is written like", async () => {
    on.hub.state.push('moby/shop', bytes('one'), ['prod'], at(1));
    const fetch = routed({
      'https://hub.docker.com': on.hub.api.url,
      'https://registry-1.docker.io': on.hub.registry.url,
    });
    const registry = connect('index.docker.io', { fetch, keychain: keychainOf({ 'docker.io': moby }) });
    expect(await rows(registry, 'moby/shop')).toMatchObject([{ tags: ['prod'] }]);
    expect(fetch.sent.map(({ host }) => host)).toEqual(['hub.docker.com', 'hub.docker.com']);
    expect(fetch.sent[1]?.authorization).toMatch(/^Bearer ey/);
  });

  test.each(['https://hub.docker.com.evil.example', 'https://evil.example', 'http://hub.docker.com', 'http://127.0.0.1:9'])(
    'never to %s',
    async api => {
      on.hub.state.push('moby/shop', bytes('one'), ['prod'], at(1));
      const fetch = routed({ [api]: on.hub.api.url });
      await rows(connect('docker.io', { api, fetch, keychain: keychainOf({ 'docker.io': moby }) }), 'moby/shop').catch(() => undefined);
      expect(fetch.sent.length).toBeGreaterThan(0);
      expect(fetch.sent.every(({ authorization }) => authorization === undefined)).toBe(true);
      expect(tokens()).toEqual([]);
    },
  );

  test('not along with a redirect: neither the token nor the password that it is asked for with', async () => {
    const elsewhere = await serve(() => ({ status: 404, headers: {}, body: Buffer.from('{}') }));
    try {
      on.hub.state.push('moby/shop', bytes('one'), ['prod'], at(1));
      on.hub.api.faults.add({ kind: 'redirect', to: elsewhere.url, path: /tags/ });
      await rows(on.open(), 'moby/shop');
      expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
      on.hub.api.faults.clear();
      on.hub.api.faults.add({ kind: 'redirect', to: elsewhere.url, path: /auth/ });
      expect((await trouble(rows(on.open(), 'moby/shop'))).code).toBe('REDIRECT');
      expect(elsewhere.requests).toHaveLength(1);
    } finally {
      await elsewhere.stop();
    }
  });
});
