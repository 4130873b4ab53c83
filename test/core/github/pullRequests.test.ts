import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GitHub, type GitHubOptions, openGitHub } from '../../../core/github/gitHub.ts';
import { explain } from '../../../core/registry/explain.ts';
import { type RunningGitHub, startGitHub } from '../../fakes/github/server.ts';
import { serve } from '../../fakes/serve.ts';
import { keychainOf, routed, trouble } from '../registry/asking.ts';
import { octocat, populate, token } from '../registry/github/person.ts';

let github: RunningGitHub;
beforeEach(async () => {
  github = await startGitHub();
  populate(github, ['repo']);
  github.state.pulls.set('acme/shop', [
    { number: 7, title: 'Add the till\u202e\u001b[31m', state: 'open' },
    { number: 8, title: 'Paint it', state: 'closed', merged: true },
    { number: 9, title: 'Never mind', state: 'closed' },
  ]);
});
afterEach(() => github.stop());

const shop = { owner: 'acme', name: 'shop' };
const signedIn = (changes: GitHubOptions = {}): GitHub =>
  openGitHub({ api: github.api.url, keychain: keychainOf({ [github.api.host]: octocat }), timeout: 3000, ...changes });
const anonymous = () => signedIn({ keychain: keychainOf({}) });
const asked = () => github.api.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);

describe.each([
  ['with a token', signedIn, 'POST /graphql'],
  ['for anybody', anonymous, 'GET /repos/acme/shop/pulls'],
])('%s', (_, open, request) => {
  test('numbers become titles and states, in one request; what is not there is left out', async () => {
    expect([...(await open().pullRequests(shop, [9, 7, 8, 404, 7, -1, 0.5])).values()]).toEqual([
      { number: 9, title: 'Never mind', state: 'closed', url: 'https://github.com/acme/shop/pull/9' },
      { number: 7, title: 'Add the till[31m', state: 'open', url: 'https://github.com/acme/shop/pull/7' },
      { number: 8, title: 'Paint it', state: 'merged', url: 'https://github.com/acme/shop/pull/8' },
    ]);
    expect(asked()).toEqual([request]);
  });

  test('an answer is believed for a while', async () => {
    const client = open();
    await client.pullRequests(shop, [7, 8]);
    expect((await client.pullRequests({ owner: 'ACME', name: 'Shop' }, [8, 7])).size).toBe(2);
    expect(asked()).toHaveLength(1);
  });

  test('no numbers are no request', async () => {
    expect((await open().pullRequests(shop, [])).size).toBe(0);
    expect(asked()).toEqual([]);
  });

  test('a repository that is not there is an error with one sentence', async () => {
    const error = await trouble(open().pullRequests({ owner: 'acme', name: 'nope' }, [1]));
    expect(error.code).toBe('NAME_UNKNOWN');
    expect(explain(error)).toContain('has no repository acme/nope');
  });
});

describe('many', () => {
  beforeEach(() => {
    const pulls = Array.from({ length: 1000 }, (_, index) => ({ number: index + 1, title: `Change ${index}`, state: 'closed' as const }));
    github.state.pulls.set('acme/shop', pulls);
  });

  test('numbers take one request a hundred', async () => {
    const numbers = Array.from({ length: 250 }, (_, index) => index * 4 + 1);
    expect((await signedIn().pullRequests(shop, numbers)).size).toBe(250);
    expect(asked()).toEqual(Array(3).fill('POST /graphql'));
  });

  test('without a token the newest five hundred are looked through, no further than is needed', async () => {
    expect((await anonymous().pullRequests(shop, [950, 850])).size).toBe(2);
    expect(asked()).toHaveLength(2);
    github.api.requests.length = 0;
    expect((await anonymous().pullRequests(shop, [990, 3])).size).toBe(1);
    expect(asked()).toHaveLength(5);
  });
});

test('a GitHub Enterprise server is asked under its own path', async () => {
  const server = await startGitHub({ prefix: '/api/v3' });
  try {
    populate(server);
    server.state.pulls.set('acme/shop', [{ number: 1, title: 'One', state: 'open' }]);
    const client = openGitHub({ api: `${server.api.url}/api/v3`, keychain: keychainOf({ [server.api.host]: octocat }) });
    expect((await client.pullRequests(shop, [1])).get(1)?.state).toBe('open');
    expect(server.api.requests.map(({ path }) => path)).toEqual(['/api/graphql']);
  } finally {
    await server.stop();
  }
});

describe('trouble', () => {
  const limit = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 1800) };
  test.each([
    ['401', { kind: 'answer', status: 401, body: { message: `Bad credentials ${token}` } }, 'UNAUTHORIZED'],
    ['403', { kind: 'answer', status: 403, body: { message: 'Resource not accessible by personal access token' } }, 'DENIED'],
    ["an hour's limit", { kind: 'answer', status: 403, headers: limit, body: { message: 'API rate limit exceeded' } }, 'TOOMANYREQUESTS'],
    [
      "GraphQL's own limit",
      { kind: 'answer', status: 200, body: { errors: [{ type: 'RATE_LIMITED', message: 'no' }] } },
      'TOOMANYREQUESTS',
    ],
    ['500', { kind: 'answer', status: 500, body: { message: 'Server Error' } }, 'SERVER_ERROR'],
    ['a reset connection', { kind: 'reset' }, 'RESET'],
    ["a proxy's page", { kind: 'html' }, 'UNEXPECTED'],
    ['JSON of another kind', { kind: 'answer', status: 200, body: [1] }, 'UNEXPECTED'],
  ] as const)('%s is one error without the token', async (_, fault, code) => {
    github.api.faults.add(fault);
    const error = await trouble(signedIn().pullRequests(shop, [7]));
    expect(error.code).toBe(code);
    expect(error.host).toBe(github.api.host);
    expect(inspect(error, { depth: 12, showHidden: true })).not.toContain(token);
    expect(github.api.requests.length).toBeLessThanOrEqual(3);
  });

  test('trouble that passes is not noticed', async () => {
    github.api.faults.add({ kind: 'answer', status: 502, body: {}, count: 2 });
    expect((await signedIn().pullRequests(shop, [7])).size).toBe(1);
  });

  test('cancelling ends it at once', async () => {
    github.api.latency = 5000;
    const before = Date.now();
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(signedIn().pullRequests(shop, [7], { signal: controller.signal })).rejects.toThrow('enough');
    expect(Date.now() - before).toBeLessThan(2000);
  });

  test('a redirect to another host is followed without the token, and never with a query', async () => {
    const elsewhere = await serve(() => ({ status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('[]') }));
    try {
      github.api.faults.add({ kind: 'redirect', to: elsewhere.url });
      expect((await trouble(signedIn().pullRequests(shop, [7]))).code).toBe('REDIRECT');
      expect(elsewhere.requests).toEqual([]);
      expect((await anonymous().pullRequests(shop, [7])).size).toBe(0);
      expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    } finally {
      await elsewhere.stop();
    }
  });

  test('a list that goes on at another host is not followed', async () => {
    const body = [{ number: 900, title: 'x', state: 'open' }];
    github.api.faults.add({ kind: 'answer', status: 200, body, headers: { link: '<https://evil.example/pulls?page=2>; rel="next"' } });
    expect((await trouble(anonymous().pullRequests(shop, [1]))).code).toBe('PAGING');
  });
});

describe('where the token goes', () => {
  test('to api.github.com, also when it is the one that ghcr.io has', async () => {
    const fetch = routed({ 'https://api.github.com': github.api.url });
    await openGitHub({ fetch, keychain: keychainOf({ 'ghcr.io': octocat }) }).pullRequests(shop, [7]);
    expect(fetch.sent).toEqual([{ host: 'api.github.com', authorization: `Bearer ${token}` }]);
  });

  test('never to an API elsewhere', async () => {
    const fetch = routed({ 'https://evil.example': github.api.url });
    const keychain = keychainOf({ 'ghcr.io': octocat, 'api.github.com': octocat });
    await openGitHub({ api: 'https://evil.example', fetch, keychain }).pullRequests(shop, [7]);
    expect(fetch.sent.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});
