import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { openGitHub } from '../../../../core/github/gitHub.ts';
import { type Digest, digestOf } from '../../../../core/image/digest.ts';
import type { RegistryError } from '../../../../core/registry/errors.ts';
import { explain } from '../../../../core/registry/explain.ts';
import { connect } from '../../../../core/registry/providers/index.ts';
import type { Fault } from '../../../../demo/registry/faults.ts';
import { serve } from '../../../fakes/serve.ts';
import { at, bytes, keychainOf, list, rows, trouble } from '../asking.ts';
import { octocat, populate, stage, token } from './person.ts';

const on = stage();

describe('without the packages API', () => {
  beforeEach(() => {
    on.github.state.push('acme/shop', bytes('one'), ['prod', 'v1'], at(1));
  });
  const names = [{ tags: ['prod'] }, { tags: ['v1'] }];

  test('nobody is signed in: tags by their names, and the API is not asked', async () => {
    const registry = on.open({ keychain: keychainOf({}) });
    expect(await rows(registry)).toEqual(names);
    expect(registry.abilities).toMatchObject({ digests: false, dates: false, order: 'none', remove: false, repositories: false });
    expect((await trouble(list(registry.repositories()))).code).toBe('UNAUTHORIZED');
    expect(on.github.api.requests).toEqual([]);
  });

  test.each([401, 403, 404] as const)('it answers %i: tags by their names, asked once', async status => {
    on.github.api.faults.add({ kind: 'answer', status, body: { message: 'no' } });
    const registry = on.open();
    expect(await rows(registry)).toEqual(names);
    const asked = on.github.api.requests.length;
    expect(asked).toBeLessThanOrEqual(2);
    expect((await registry.lookUp('acme/shop', ['prod'])).get('prod')).toMatchObject({ tags: ['prod'] });
    expect(on.github.api.requests).toHaveLength(asked);
    expect(registry.abilities.digests).toBe(status === 404);
  });

  test('a token without read:packages: the registry is listed all the same', async () => {
    populate(on.github, ['repo']);
    expect(await rows(on.open())).toEqual(names);
  });

  test('a host whose API is not known is an ordinary registry', async () => {
    const { host } = on.github.registry;
    const registry = connect(host, { kind: 'ghcr', keychain: keychainOf({ [host]: octocat }) });
    expect(await rows(registry)).toEqual(names);
    expect(registry.webPage('acme/shop')).toBeUndefined();
  });
});

describe('trouble', () => {
  beforeEach(() => {
    on.github.state.fill('acme/shop', 1000);
  });

  const limit = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 1800) };
  const exceeded = { message: 'API rate limit exceeded' };
  const secondary = { message: 'You have exceeded a secondary rate limit.' };
  const unicorn = { headers: { 'content-type': 'text/html' }, body: '<h1>Unicorn</h1>' };
  const faults: readonly (readonly [string, Fault, RegistryError['code'], RegExp])[] = [
    ["an hour's limit as 403", { kind: 'answer', status: 403, headers: limit, body: exceeded }, 'TOOMANYREQUESTS', /asks to wait \d\d min/],
    ["an hour's limit as 429", { kind: 'answer', status: 429, headers: limit, body: exceeded }, 'TOOMANYREQUESTS', /asks to wait/],
    [
      'a secondary limit',
      { kind: 'answer', status: 403, headers: { 'retry-after': '60' }, body: secondary },
      'TOOMANYREQUESTS',
      /wait 60 s/,
    ],
    ['a secondary limit in words alone', { kind: 'answer', status: 403, body: secondary }, 'TOOMANYREQUESTS', /too many requests/],
    ['502', { kind: 'answer', status: 502, ...unicorn }, 'SERVER_ERROR', /trouble of its own/],
    ['a reset connection', { kind: 'reset' }, 'RESET', /closed the connection/],
    ['a truncated body', { kind: 'truncatedBody' }, 'RESET', /closed the connection/],
    ["a proxy's page", { kind: 'html' }, 'NOT_A_REGISTRY', /does not answer as a registry/],
    ['JSON of another kind', { kind: 'answer', status: 200, body: { hello: 1 } }, 'NOT_A_REGISTRY', /does not answer as a registry/],
  ];
  test.each(faults)('%s in the middle of a listing is one error and one sentence', async (_name, fault, code, sentence) => {
    const registry = on.open();
    const read = async () => {
      for await (const _ of registry.images('acme/shop')) if (on.github.api.requests.length === 1) on.github.api.faults.add(fault);
    };
    const error = await trouble(read());
    expect(error.code).toBe(code);
    expect(explain(error)).toMatch(sentence);
  });

  test('a page that takes too long is a timeout', async () => {
    on.github.api.faults.add({ kind: 'slowBody', milliseconds: 50 });
    expect((await trouble(rows(on.open({ timeout: 200 })))).code).toBe('TIMEOUT');
  });

  test('trouble that passes is not noticed', async () => {
    on.github.api.faults.add({ kind: 'answer', status: 429, headers: { 'retry-after': '0' }, body: secondary, count: 2 });
    expect(await rows(on.open())).toHaveLength(1000);
  });

  test('after a limit was met nothing is sent until it ends', async () => {
    on.github.state.remaining = 0;
    const registry = on.open();
    expect((await trouble(rows(registry))).retryAfter).toBeGreaterThan(1_000_000);
    await trouble(rows(registry));
    await trouble(registry.remove('acme/shop', digestOf('x')));
    expect(on.github.api.requests).toHaveLength(1);
  });

  test('a token that ends while pages are read is asked for again, and the listing goes on', async () => {
    const renewed = 'ghp_renewed';
    let now = token;
    const refused = () => {
      now = renewed;
    };
    const keychain = { credentials: async () => ({ kind: 'basic', username: 'octocat', password: now }) as const, refused };
    let pages = 0;
    for await (const { images } of on.open({ keychain }).images('acme/shop')) {
      expect(images).toHaveLength(100);
      if (++pages > 1) continue;
      on.github.state.tokens.delete(token);
      on.github.state.tokens.set(renewed, { login: 'octocat', scopes: ['read:packages'] });
    }
    expect(pages).toBe(10);
  });

  test('a token that ends with nothing in its place is an error, not half a list', async () => {
    const registry = on.open();
    const read = async () => {
      for await (const _ of registry.images('acme/shop')) on.github.state.tokens.clear();
    };
    expect((await trouble(read())).code).toBe('UNAUTHORIZED');
  });

  test('a redirect to another host is followed without the token, and never with a write', async () => {
    const elsewhere = await serve(() => ({ status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('[]') }));
    try {
      const stop = on.github.api.faults.add({ kind: 'redirect', to: elsewhere.url });
      expect(await rows(on.open())).toEqual([]);
      expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
      stop();
      on.github.api.faults.add({ kind: 'redirect', to: elsewhere.url, method: 'DELETE' });
      const [newest] = await rows(on.open());
      expect((await trouble(on.open().remove('acme/shop', newest?.digest as Digest))).code).toBe('REDIRECT');
      expect(elsewhere.requests).toHaveLength(1);
    } finally {
      await elsewhere.stop();
    }
  });

  test('what GitHub says is shown without the token and without control characters', async () => {
    on.github.api.faults.add({ kind: 'answer', status: 418, body: { message: `no\u001b[31m ${token} \u202eway` } });
    expect((await trouble(rows(on.open()))).detail).toBe('no[31m *** way');
  });

  test('a token that no header can hold is said to be that, and not repeated', async () => {
    const password = `${token}\nof ours`;
    const keychain = keychainOf({ [on.github.registry.host]: { kind: 'basic', username: 'octocat', password } });
    const github = openGitHub({ api: on.github.api.url, host: on.github.registry.host, keychain });
    const refused: unknown = await github.pullRequests({ owner: 'acme', name: 'shop' }, [1]).catch((reason: unknown) => reason);
    expect(refused).toMatchObject({ code: 'UNAUTHORIZED', detail: 'the credentials hold a character that cannot be sent' });
    expect(on.github.api.requests).toEqual([]);
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain(token);
  });
});
