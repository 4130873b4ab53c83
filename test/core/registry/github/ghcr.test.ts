import { beforeEach, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../../../core/image/digest.ts';
import { imageIndex, imageManifest } from '../../../../demo/registry/manifests.ts';
import { serve } from '../../../fakes/serve.ts';
import { image } from '../../promotion/team.ts';
import { at, bytes, list, rows, trouble } from '../asking.ts';
import { populate, stage, token } from './person.ts';

const on = stage();
const paths = () => on.github.api.requests.map(({ path }) => path.replace(/\?.*/, ''));

describe('a listing with a token', () => {
  test('is of images with all of their tags, untagged children too, newest first', async () => {
    const old = on.github.state.push('acme/shop', bytes('old'), ['v1', 'prod'], at(1));
    const child = on.github.state.push('acme/shop', bytes('child'), [], at(2));
    const next = on.github.state.push('acme/shop', bytes('next'), ['v2'], at(2));
    const registry = on.open();
    expect(await rows(registry)).toEqual([
      { digest: next, tags: ['v2'], pushedAt: '2026-11-02T08:00:00.000Z' },
      { digest: child, tags: [], pushedAt: '2026-11-02T08:00:00.000Z' },
      { digest: old, tags: ['v1', 'prod'], pushedAt: '2026-11-01T08:00:00.000Z' },
    ]);
    expect(registry.abilities).toMatchObject({ digests: true, dates: true, untagged: true, order: 'newest', untag: false, remove: true });
    expect(on.github.registry.requests).toEqual([]);
  });

  test('10,000 images take 100 requests, at most six at a time; the first page takes one', async () => {
    const digests = on.github.state.fill('acme/shop', 10_000);
    on.github.api.latency = 5;
    const all = await rows(on.open());
    expect(all.map(({ digest }) => digest)).toEqual([...digests].reverse());
    expect(on.github.api.requests).toHaveLength(100);
    expect(on.github.api.mostAtOnce).toBe(6);

    on.github.api.requests.length = 0;
    for await (const { images } of on.open().images('acme/shop')) {
      expect(images).toHaveLength(100);
      break;
    }
    expect(on.github.api.requests).toHaveLength(1);
  });

  test("a person's 10,000 take one more, to find that no organisation has that name", async () => {
    on.github.state.fill('octocat/hello', 10_000);
    expect(await rows(on.open(), 'octocat/hello')).toHaveLength(10_000);
    expect(on.github.api.requests).toHaveLength(101);
    expect(paths()[0]).toBe('/orgs/octocat/packages/container/hello/versions');
    expect(paths()[100]).toBe('/users/octocat/packages/container/hello/versions');
  });

  test('a package whose name has slashes is one part of the path', async () => {
    on.github.state.push('acme/shop/api', bytes('api'), ['v1'], at(1));
    expect(await rows(on.open(), 'acme/shop/api')).toHaveLength(1);
    expect(paths()[0]).toBe('/orgs/acme/packages/container/shop%2Fapi/versions');
  });

  test('tags that are none, and rows without a digest, are left out', async () => {
    const body = [
      { id: 1, name: 'sha256:short' },
      { id: 2, name: digestOf('a'), created_at: 'long ago', metadata: { container: { tags: ['ok', '../evil', 7, 'a b'] } } },
      'nothing',
    ];
    on.github.api.faults.add({ kind: 'answer', status: 200, body });
    expect(await rows(on.open())).toEqual([{ digest: digestOf('a'), tags: ['ok'] }]);
  });

  test('what is pushed while pages are read shifts rows, and none comes twice', async () => {
    on.github.state.fill('acme/shop', 250);
    const registry = on.open();
    const seen: (Digest | undefined)[] = [];
    for await (const { images } of registry.images('acme/shop')) {
      if (seen.length === 0) on.github.state.push('acme/shop', bytes('late'), ['late'], at(9));
      seen.push(...images.map(({ digest }) => digest));
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(250);
  });

  test('a server whose next page is always there is left', async () => {
    const { url } = on.github.api;
    const body = [{ id: 2, name: digestOf('a'), metadata: { container: { tags: ['a'] } } }];
    on.github.api.faults.add({ kind: 'answer', status: 200, body, headers: { link: `<${url}/x?page=9>; rel="next"` } });
    expect((await trouble(rows(on.open()))).code).toBe('PAGING');
    expect(on.github.api.requests.length).toBeLessThan(5);
  });

  test('stopping cancels the pages that were asked for in advance', async () => {
    on.github.state.fill('acme/shop', 3000);
    const controller = new AbortController();
    let count = 0;
    const read = async () => {
      for await (const _ of on.open().images('acme/shop', { signal: controller.signal }))
        if (++count === 4) controller.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    expect(on.github.api.requests.length).toBeLessThan(14);
  });
});

describe('looking up tags', () => {
  test('takes the newest page, which the listing shares, and a HEAD for each older tag', async () => {
    const [oldest] = on.github.state.fill('acme/shop', 300);
    const prod = on.github.state.push('acme/shop', bytes('prod'), ['prod', 'latest'], at(3));
    const registry = on.open();
    const [found] = await Promise.all([
      registry.lookUp('acme/shop', ['prod', 'sha-0000000', 'nope']),
      registry.images('acme/shop')[Symbol.asyncIterator]().next(),
    ]);
    expect(found.get('prod')).toEqual({ digest: prod, tags: ['prod', 'latest'], pushedAt: '2026-11-03T08:00:00.000Z' });
    expect(found.get('sha-0000000')).toMatchObject({ digest: oldest });
    expect([...found.keys()].sort()).toEqual(['prod', 'sha-0000000']);
    expect(on.github.api.requests).toHaveLength(1);
    expect(on.github.registry.requests.filter(({ path }) => path.includes('/manifests/')).every(({ method }) => method === 'HEAD')).toBe(
      true,
    );
  });

  test('sees a tag that was moved through this client at once', async () => {
    const one = on.github.state.push('acme/shop', bytes('one'), ['v1', 'prod'], at(1));
    const two = on.github.state.push('acme/shop', bytes('two'), ['v2'], at(2));
    const registry = on.open();
    expect((await registry.lookUp('acme/shop', ['prod'])).get('prod')?.digest).toBe(one);
    const manifest = await registry.manifest('acme/shop', two);
    if (!manifest) throw new Error('v2 is missing');
    on.github.state.tokens.set(token, { login: 'octocat', scopes: ['read:packages', 'write:packages'] });
    await registry.putManifest('acme/shop', 'prod', manifest);
    expect((await registry.lookUp('acme/shop', ['prod'])).get('prod')?.digest).toBe(two);
  });
});

describe('repositories', () => {
  beforeEach(() => {
    on.github.state.accounts.set('Other', { kind: 'Organization' });
    for (const name of ['octocat/hello', 'acme/shop', 'acme/shop/api', 'other/tool'])
      on.github.state.push(name, bytes(name), ['v1'], at(1));
  });

  test("are the person's, those of their organisations, and those of the accounts that are named", async () => {
    expect(await list(on.open({ owners: ['other', 'nobody'] }).repositories())).toEqual([
      'octocat/hello',
      'other/tool',
      'acme/shop',
      'acme/shop/api',
    ]);
  });

  test('are listed without the organisations where the token may not tell them', async () => {
    populate(on.github, ['read:packages']);
    expect(await list(on.open().repositories())).toEqual(['octocat/hello']);
  });

  test('of an organisation that wants single sign-on do not hide the others', async () => {
    on.github.api.faults.add({
      kind: 'answer',
      status: 403,
      path: /^\/orgs\/acme\//,
      body: { message: 'Resource protected by organization SAML enforcement.' },
    });
    expect(await list(on.open({ owners: ['other'] }).repositories())).toEqual(['octocat/hello', 'other/tool']);
  });

  test('1,000 of them take ten requests more than the question for organisations', async () => {
    for (let index = 0; index < 1000; index++) on.github.state.push(`octocat/app-${index}`, bytes(String(index)), [], at(1));
    expect(await list(on.open().repositories())).toHaveLength(1003);
    expect(on.github.api.requests.length).toBeLessThanOrEqual(13);
  });
});

describe('what is attached to an image', () => {
  let digest: Digest;
  let attached: Digest;
  beforeEach(() => {
    digest = on.github.state.push('acme/shop', image('one').bytes, ['v1'], at(1));
    const bundle = {
      schemaVersion: 2,
      mediaType: imageManifest,
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 },
      layers: [],
      subject: { digest, mediaType: imageIndex, size: 1 },
    };
    const raw = Buffer.from(JSON.stringify(bundle));
    attached = on.github.state.push('acme/shop', raw, [], at(2), imageManifest);
    // GitHub's own attestations were seen to have the type of their config here.
    const entry = { mediaType: imageManifest, digest: attached, size: raw.length, artifactType: 'application/vnd.oci.empty.v1+json' };
    on.github.state.push(
      'acme/shop',
      Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: imageIndex, manifests: [entry] })),
      [digest.replace(':', '-')],
      at(2),
    );
  });

  test('is read from the tag that stands in, where the API is missing or answers an empty list', async () => {
    for (const referrers of ['missing', 'empty'] as const) {
      on.github.quirks.referrers = referrers;
      expect((await on.open().referrers('acme/shop', digest)).map(one => one.digest)).toEqual([attached]);
    }
  });

  test('and where it answers with a redirect to a web page, which is not contacted', async () => {
    const web = await serve(() => ({ status: 404, headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>404</h1>') }));
    try {
      on.github.quirks.referrers = { elsewhere: web.url };
      expect((await on.open().referrers('acme/shop', digest)).map(one => one.digest)).toEqual([attached]);
      expect(web.requests).toEqual([]);
    } finally {
      await web.stop();
    }
  });
});
