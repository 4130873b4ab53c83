import { describe, expect, test } from 'vitest';
import { connect } from '../../../../core/registry/providers/index.ts';
import { at, bytes, keychainOf, routed, rows } from '../asking.ts';
import { octocat, stage, token } from './person.ts';

const on = stage();

describe('where the token goes', () => {
  test('to ghcr.io and api.github.com, by their own names', async () => {
    on.github.state.push('acme/shop', bytes('one'), ['v1'], at(1));
    const fetch = routed({ 'https://ghcr.io': on.github.registry.url, 'https://api.github.com': on.github.api.url });
    const registry = connect('ghcr.io', { fetch, keychain: keychainOf({ 'ghcr.io': octocat }) });
    expect(await rows(registry)).toMatchObject([{ tags: ['v1'] }]);
    expect(fetch.sent).toEqual([{ host: 'api.github.com', authorization: `Bearer ${token}` }]);
  });

  test.each([
    'https://api.github.com.evil.example',
    'https://evil.example',
    'http://api.github.com',
    'https://api.github.com:8443',
    'http://127.0.0.1:9',
  ])('never to %s', async api => {
    const keychain = keychainOf({ 'ghcr.io': octocat, 'api.github.com': octocat });
    const fetch = routed({ [api]: on.github.api.url, 'https://ghcr.io': on.github.registry.url });
    await rows(connect('ghcr.io', { api, fetch, keychain })).catch(() => undefined);
    expect(fetch.sent.filter(({ host }) => host !== 'ghcr.io')).toEqual([]);
  });

  test.each([
    ['containers.acme.ghe.com', 'https://api.acme.ghe.com', undefined],
    ['containers.github.acme.dev', 'https://github.acme.dev', 'ghcr'],
  ])('from %s to %s', async (host, origin, kind) => {
    const fetch = routed({ [origin]: on.github.api.url });
    const keychain = keychainOf({ [host]: octocat });
    await rows(connect(host, { fetch, keychain, ...(kind !== undefined && { kind }) })).catch(() => undefined);
    expect(fetch.sent[0]).toEqual({ host: new URL(origin).host, authorization: `Bearer ${token}` });
  });

  test("from one tenant never to another's API", async () => {
    const fetch = routed({});
    const host = 'containers.acme.ghe.com';
    const registry = connect(host, { api: 'https://api.evil.ghe.com', fetch, keychain: keychainOf({ [host]: octocat }) });
    await rows(registry).catch(() => undefined);
    expect(fetch.sent.filter(sent => sent.host === 'api.evil.ghe.com')).toEqual([]);
  });
});

test("a registry's page is the package, or one version of it, once it was listed", async () => {
  on.github.state.push('acme/shop/api', bytes('one'), ['v1'], at(1));
  const fetch = routed({ 'https://api.github.com': on.github.api.url });
  const registry = connect('ghcr.io', { fetch, keychain: keychainOf({ 'api.github.com': octocat }) });
  expect(registry.webPage('acme/shop/api')).toBe('https://ghcr.io/acme/shop/api');
  const [row] = await rows(registry, 'acme/shop/api');
  const container = 'https://github.com/orgs/acme/packages/container';
  expect(registry.webPage('acme/shop/api', 'v1')).toBe(`${container}/package/shop%2Fapi`);
  const version = on.github.state.packages.get('acme/shop/api')?.[0]?.id;
  expect(registry.webPage('acme/shop/api', row?.digest)).toBe(`${container}/shop%2Fapi/${version}`);
});
