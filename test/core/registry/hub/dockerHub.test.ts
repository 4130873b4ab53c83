import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../../core/image/digest.ts';
import { connect } from '../../../../core/registry/providers/index.ts';
import { push } from '../../../../demo/images/images.ts';
import { imageManifest } from '../../../../demo/registry/manifests.ts';
import { image } from '../../promotion/team.ts';
import { at, bytes, keychainOf, list, routed, rows, trouble } from '../asking.ts';
import { moby, stage } from './moby.ts';

const on = stage();
const paths = () => on.hub.api.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
const pulls = () => on.hub.registry.requests.filter(({ method, path }) => method === 'GET' && path.includes('/manifests/'));

describe('a listing', () => {
  test('has digests, dates, sizes and platforms, the last moved first, and counts as no pull', async () => {
    const built = image('one');
    push(on.hub.state.store, 'moby/shop', built, ['v1', 'prod']);
    on.hub.state.moved('moby/shop', ['v1'], at(1));
    on.hub.state.moved('moby/shop', ['prod'], at(2));
    const [prod, v1, ...others] = await rows(on.open(), 'moby/shop');
    expect(prod).toMatchObject({
      tags: ['prod'],
      digest: built.digest,
      pushedAt: '2026-11-02T08:00:00.000Z',
      mediaType: built.mediaType,
      platforms: ['linux/amd64', 'linux/arm64'],
    });
    expect(prod?.size).toBeGreaterThan(0);
    expect(prod).not.toHaveProperty('pulledAt');
    expect(v1?.tags).toEqual(['v1']);
    expect(others).toEqual([]);
    expect(on.hub.registry.requests).toEqual([]);
  });

  test('of 10,000 tags takes 100 requests and one for a token, at most six at a time; the first page takes one', async () => {
    on.hub.state.fill('moby/shop', 10_000);
    on.hub.state.remaining = 1000;
    on.hub.api.latency = 5;
    const all = await rows(on.open(), 'moby/shop');
    expect(all).toHaveLength(10_000);
    expect(all[0]?.tags).toEqual(['sha-000270f']);
    expect(on.hub.api.requests).toHaveLength(101);
    expect(paths().filter(path => path === 'POST /v2/auth/token')).toHaveLength(1);
    expect(on.hub.api.mostAtOnce).toBeLessThanOrEqual(6);

    on.hub.api.requests.length = 0;
    for await (const { images, total } of on.anonymous().images('moby/shop')) {
      expect([images.length, total]).toEqual([100, 10_000]);
      break;
    }
    expect(on.hub.api.requests).toHaveLength(1);
  });

  test('for somebody who is not signed in goes on with the names that the registry tells, behind the thousandth tag', async () => {
    on.hub.state.fill('moby/shop', 10_000);
    const all = await rows(on.anonymous(), 'moby/shop');
    expect(new Set(all.flatMap(({ tags }) => tags)).size).toBe(10_000);
    expect(all).toHaveLength(10_000);
    expect(all.filter(({ digest }) => digest !== undefined)).toHaveLength(1000);
    expect(on.hub.api.requests.length + on.hub.registry.requests.length).toBeLessThanOrEqual(40);
  });

  test('of an official image is of the namespace library', async () => {
    on.hub.state.push('library/nginx', bytes('nginx'), ['1.29'], at(1));
    const fetch = routed({ 'https://hub.docker.com': on.hub.api.url });
    expect(await rows(connect('docker.io', { fetch }), 'nginx')).toMatchObject([{ tags: ['1.29'] }]);
    expect(paths()).toEqual(['GET /v2/namespaces/library/repositories/nginx/tags']);
  });

  test('takes the digest of an image that is alone where the tag has none, and knows no year 1', async () => {
    const results = [
      {
        name: 'old',
        last_updated: '2021-03-04T05:06:07.123456Z',
        full_size: 7,
        images: [{ os: 'linux', architecture: 'arm', variant: 'v7', digest: digestOf('a'), size: 9 }],
      },
      { name: 'two', tag_last_pushed: '0001-01-01T00:00:00Z', images: [{ digest: digestOf('a') }, { digest: digestOf('b') }] },
      { name: 'chart', digest: digestOf('c'), content_type: 'helm\u202e', images: null },
      { name: '../evil', digest: digestOf('d') },
      'nothing',
    ];
    on.hub.api.faults.add({ kind: 'answer', status: 200, body: { count: 3, next: null, results } });
    expect(await rows(on.anonymous(), 'moby/shop')).toEqual([
      { tags: ['old'], digest: digestOf('a'), pushedAt: '2021-03-04T05:06:07.123Z', size: 9, platforms: ['linux/arm/v7'] },
      { tags: ['two'] },
      { tags: ['chart'], digest: digestOf('c'), artifactType: 'helm' },
    ]);
  });
});

describe('looking up tags', () => {
  test('takes the newest page, which the listing shares, and one request for each older tag', async () => {
    on.hub.state.fill('moby/shop', 300);
    const prod = on.hub.state.push('moby/shop', bytes('prod'), ['prod'], '2027-01-01T00:00:00Z');
    const registry = on.anonymous();
    const [found] = await Promise.all([
      registry.lookUp('moby/shop', ['prod', 'sha-0000000', 'nope']),
      registry.images('moby/shop')[Symbol.asyncIterator]().next(),
    ]);
    expect(found.get('prod')).toMatchObject({ digest: prod, pushedAt: '2027-01-01T00:00:00.000Z' });
    expect(found.get('sha-0000000')?.digest).toMatch(/^sha256:/);
    expect([...found.keys()].sort()).toEqual(['prod', 'sha-0000000']);
    expect(on.hub.api.requests).toHaveLength(3);
    expect(on.hub.registry.requests).toEqual([]);
  });

  test('takes one request where the newest page is all there is', async () => {
    on.hub.state.push('moby/shop', bytes('one'), ['prod'], at(1));
    expect([...(await on.anonymous().lookUp('moby/shop', ['prod', 'staging', 'dev'])).keys()]).toEqual(['prod']);
    expect(on.hub.api.requests).toHaveLength(1);
  });
});

describe('reading a manifest', () => {
  test('a tag costs a HEAD and one pull, and nothing but the HEAD after that', async () => {
    const digest = on.hub.state.push('moby/shop', bytes('one'), ['prod', 'v1'], at(1));
    on.hub.state.pulls = 50;
    const registry = on.anonymous();
    for (const reference of ['prod', 'v1', digest, 'prod'])
      expect(await registry.manifest('moby/shop', reference)).toMatchObject({ digest });
    expect(on.hub.state.pulls).toBe(49);
    expect(pulls()).toHaveLength(1);
  });

  test('a tag that moved is read anew', async () => {
    on.hub.state.push('moby/shop', bytes('one'), ['prod'], at(1));
    const registry = on.anonymous();
    await registry.manifest('moby/shop', 'prod');
    const next = on.hub.state.push('moby/shop', bytes('two'), ['prod'], at(2));
    expect((await registry.manifest('moby/shop', 'prod'))?.digest).toBe(next);
  });

  test('what is attached to an image is looked for with HEAD where there is nothing', async () => {
    const digest = on.hub.state.push('moby/shop', bytes('one'), ['prod'], at(1));
    on.hub.state.pulls = 50;
    expect(await on.anonymous().referrers('moby/shop', digest)).toEqual([]);
    expect(on.hub.state.pulls).toBe(50);
    expect(pulls()).toEqual([]);
  });
});

describe('taking a tag away', () => {
  test('leaves the image and its other tags', async () => {
    on.hub.state.push('moby/shop', bytes('one'), ['v1', 'pr-7'], at(1));
    const registry = on.open();
    await registry.untag('moby/shop', 'pr-7');
    expect(on.hub.state.store.tags('moby/shop')).toEqual(['v1']);
    await registry.untag('moby/shop', 'pr-7');
    expect(paths().filter(path => path.startsWith('DELETE'))).toEqual(Array(2).fill('DELETE /v2/repositories/moby/shop/tags/pr-7/'));
  });

  test('needs somebody who may', async () => {
    on.hub.state.push('acme/shop', bytes('one'), ['v1'], at(1));
    expect((await trouble(on.anonymous().untag('acme/shop', 'v1'))).code).toBe('UNAUTHORIZED');
    expect((await trouble(on.open().untag('acme/shop', 'v1'))).code).toBe('DENIED');
    on.hub.api.faults.add({ kind: 'answer', status: 404, method: 'DELETE', body: { message: 'object not found' } });
    expect((await trouble(on.open().untag('acme/shop', 'v1'))).code).toBe('DENIED');
    expect(on.hub.state.store.tags('acme/shop')).toEqual(['v1']);
  });

  test('is not sent twice where nobody knows what became of it', async () => {
    on.hub.state.push('moby/shop', bytes('one'), ['v1', 'v2'], at(1));
    on.hub.api.faults.add({ kind: 'resetAfter', method: 'DELETE' });
    expect((await trouble(on.open().untag('moby/shop', 'v1'))).code).toBe('RESET');
    expect(paths().filter(path => path.startsWith('DELETE'))).toHaveLength(1);
  });

  test('is all that can be deleted', async () => {
    const digest = on.hub.state.push('moby/shop', bytes('one'), ['v1'], at(1));
    const registry = on.open();
    expect(registry.abilities).toMatchObject({ untag: true, remove: false, search: false, lastTagDeletes: true });
    expect((await trouble(registry.remove('moby/shop', digest))).code).toBe('UNSUPPORTED');
  });
});

describe('repositories', () => {
  test("are those of the person's namespace and of the accounts that are named", async () => {
    for (const name of ['moby/shop', 'moby/api', 'acme/tool']) on.hub.state.push(name, bytes(name), ['v1'], at(1), imageManifest);
    on.hub.state.hidden.add('moby/api');
    expect(await list(on.open({ owners: ['ACME', 'moby'] }).repositories())).toEqual(['moby/api', 'moby/shop', 'acme/tool']);
    expect(await list(on.anonymous({ owners: ['moby'] }).repositories())).toEqual(['moby/shop']);
    expect((await trouble(list(on.anonymous().repositories()))).code).toBe('UNAUTHORIZED');
  });

  test('1,000 of them take ten requests and one for a token', async () => {
    for (let index = 0; index < 1000; index++) on.hub.state.push(`moby/app-${index}`, bytes('one'), [], at(1));
    expect(await list(on.open().repositories())).toHaveLength(1000);
    expect(on.hub.api.requests).toHaveLength(11);
  });
});

test('a page on the web is of the repository or of one tag', () => {
  const registry = connect('docker.io', { keychain: keychainOf({ 'docker.io': moby }) });
  expect(registry.webPage('nginx')).toBe('https://hub.docker.com/_/nginx');
  expect(registry.webPage('library/nginx', '1.29')).toBe('https://hub.docker.com/_/nginx/tags?name=1.29');
  expect(registry.webPage('acme/shop', 'v1')).toBe('https://hub.docker.com/r/acme/shop/tags?name=v1');
  expect(registry.webPage('acme/shop', digestOf('a'))).toBe('https://hub.docker.com/r/acme/shop/tags');
});
