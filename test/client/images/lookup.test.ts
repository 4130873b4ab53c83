import { afterEach, beforeEach, expect, test } from 'vitest';
import { NameLists } from '../../../client/images/lists.ts';
import { ImageLookup } from '../../../client/images/lookup.ts';
import type { RegistrySource } from '../../../client/images/source.ts';
import type { Digest } from '../../../core/image/digest.ts';
import { describeImage, type ImageDetails } from '../../../core/registry/describe.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import { imageManifest } from '../../../demo/registry/manifests.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import type { ImageAnswer } from '../../../protocol/registries.ts';
import { commit, image, push } from '../../core/promotion/team.ts';

const repository = 'team/app';
let running: RunningRegistry;
let now: number;
let lookup: ImageLookup;
let connected: boolean;
let named: boolean;

/** What `Registries` is in the editor, without one. */
function source(): RegistrySource {
  const registry = connect(running.host);
  const images = new Map<Digest, ImageDetails | undefined>();
  return {
    connections: () => (connected ? [{ host: running.host, repositories: [] }] : []),
    isNamed: () => named,
    at: () => registry,
    image: async (_host, name, digest, options) => {
      if (!images.has(digest)) images.set(digest, await describeImage(registry, name, digest, options));
      return images.get(digest);
    },
  };
}

beforeEach(async () => {
  running = await startRegistry();
  now = Date.parse('2026-11-21T12:00:00Z');
  connected = true;
  named = true;
  lookup = new ImageLookup(source(), { now: () => now });
});
afterEach(() => running.stop());

async function ask(...tags: readonly string[]): Promise<readonly ImageAnswer[]> {
  const references = tags.map(tag => ({ host: running.host, repository, tag }));
  return (await lookup.describe({ references })).images;
}

const one = image('one');
const two = image('two');

test('each reference is answered in its place, with what the image and its neighbours say', async () => {
  push(running.store, repository, one, ['prod', `sha-${commit('one').slice(0, 7)}`]);
  push(running.store, repository, two, ['staging']);
  const [prod, gone, staging] = await ask('prod', 'gone', 'staging');
  expect(prod).toEqual({
    status: 'found',
    digest: one.digest,
    readAt: '2026-11-21T12:00:00.000Z',
    createdAt: '2026-11-14T09:30:00.000Z',
    platforms: ['linux/amd64', 'linux/arm64'],
    revision: commit('one'),
    signed: 'unsigned',
    aliases: [`sha-${commit('one').slice(0, 7)}`],
  });
  expect(gone).toEqual({ status: 'missing', readAt: '2026-11-21T12:00:00.000Z' });
  expect(staging).toMatchObject({ status: 'found', digest: two.digest, aliases: [] });
});

test('tags that the workspace knows are looked at, so that those of the same image are told', async () => {
  push(running.store, repository, one, ['prod', 'stable', '1.0.0']);
  push(running.store, repository, two, ['staging']);
  const { images } = await lookup.describe({
    references: [{ host: running.host, repository, tag: 'prod' }],
    tags: { [`${running.host}/${repository}`]: ['stable', 'staging', '1.0.0', 'prod'] },
  });
  expect(images[0]).toMatchObject({ aliases: ['1.0.0', 'stable'] });
});

test('a digest is described, and a digest that is gone is missing', async () => {
  push(running.store, repository, one, ['prod']);
  const { images } = await lookup.describe({
    references: [
      { host: running.host, repository, digest: one.digest },
      { host: running.host, repository, digest: two.digest },
    ],
  });
  expect(images).toMatchObject([{ status: 'found', digest: one.digest, revision: commit('one') }, { status: 'missing' }]);
});

test('an image with a signature of cosign’s is signed', async () => {
  push(running.store, repository, one, ['prod']);
  const config = Buffer.from('{}');
  const blob = running.store.putBlob(repository, config);
  const manifest = {
    schemaVersion: 2,
    mediaType: imageManifest,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: blob, size: config.length },
    layers: [{ mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json', digest: blob, size: config.length }],
  };
  running.store.putManifest(repository, imageManifest, Buffer.from(JSON.stringify(manifest)), [`${one.digest.replace(':', '-')}.sig`]);
  expect(await ask('prod')).toMatchObject([{ signed: 'signed' }]);
});

test('within a minute nothing is asked again; after it the tags are, and nothing else that cannot change', async () => {
  push(running.store, repository, one, ['prod']);
  await ask('prod');
  const first = running.requests.length;
  await ask('prod');
  expect(running.requests.length).toBe(first);
  now += 61_000;
  push(running.store, repository, two, ['prod']);
  expect(await ask('prod')).toMatchObject([{ digest: two.digest, readAt: '2026-11-21T12:01:01.000Z' }]);
  lookup.forget(running.host, repository);
  push(running.store, repository, one, ['prod']);
  const before = running.requests.length;
  expect(await ask('prod')).toMatchObject([{ digest: one.digest }]);
  const asked = running.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
  expect(asked.filter(request => request.includes('/blobs/'))).toEqual([]);
});

test('a registry that nobody connected is not contacted', async () => {
  connected = false;
  // In Restricted Mode no offer is made to connect what is connected.
  expect(await ask('prod')).toEqual([{ status: 'unknown' }]);
  named = false;
  expect(await ask('prod', 'staging')).toEqual([{ status: 'notConnected' }, { status: 'notConnected' }]);
  const lists = new NameLists(source());
  expect(await lists.tags({ host: running.host, repository })).toEqual({ tags: [], complete: false });
  expect(await lists.repositories({})).toEqual({ hosts: [], repositories: [] });
  expect(lists.webPages({ references: [{ host: running.host, repository }] })).toEqual({ pages: [null] });
  expect(running.requests).toEqual([]);
});

test.each([
  ['an error of the server', { kind: 'status', status: 500 } as const],
  ['a refusal', { kind: 'status', status: 403 } as const],
  ['credentials that are wanted', { kind: 'status', status: 401 } as const],
  ['a page of a proxy', { kind: 'html' } as const],
  ['a connection that ends', { kind: 'reset' } as const],
])(
  '%s says nothing of images',
  async (_, fault) => {
    push(running.store, repository, one, ['prod']);
    running.faults.add(fault);
    expect(await ask('prod', 'gone')).toEqual([{ status: 'unknown' }, { status: 'unknown' }]);
    const lists = new NameLists(source());
    expect((await lists.tags({ host: running.host, repository })).tags).toEqual([]);
    expect((await lists.repositories({})).repositories).toEqual([]);
  },
  30_000,
);

test('an image of which details cannot be read is still there', async () => {
  push(running.store, repository, one, ['prod']);
  running.faults.add({ kind: 'status', status: 403, path: /blobs|referrers|\.sig|\.att|\.sbom/ });
  const [answer] = await ask('prod');
  expect(answer).toMatchObject({ status: 'found', digest: one.digest });
  expect(answer).not.toHaveProperty('signed');
});

test('who asks no more is left without an answer, and the registry without further requests', async () => {
  push(running.store, repository, one, ['prod']);
  running.faults.add({ kind: 'latency', milliseconds: 400 });
  const controller = new AbortController();
  const asked = lookup.describe({ references: [{ host: running.host, repository, tag: 'prod' }] }, { signal: controller.signal });
  await new Promise(resolve => setTimeout(resolve, 100));
  controller.abort();
  expect((await asked).images).toEqual([{ status: 'unknown' }]);
  expect(running.requests.length).toBeLessThanOrEqual(1);
  // What was not answered is no answer for the next one.
  running.faults.clear();
  expect(await ask('prod')).toMatchObject([{ status: 'found' }]);
});

test('tags are listed as people look for them, once for all who ask', async () => {
  push(running.store, repository, one, ['1.0.0', 'prod', 'buildcache']);
  push(running.store, repository, two, ['1.10.0']);
  const lists = new NameLists(source());
  const [first, second] = await Promise.all([
    lists.tags({ host: running.host, repository }),
    lists.tags({ host: running.host, repository }),
  ]);
  expect(first.tags.map(({ tag }) => tag)).toEqual(['prod', '1.10.0', '1.0.0', 'buildcache']);
  expect(second).toBe(first);
  expect((await lists.repositories({})).repositories).toEqual([`${running.host}/${repository}`]);
});

test('a tag that people know is offered from behind thousands of commits', async () => {
  const commits = Array.from({ length: 2500 }, (_, index) => `sha-${commit(String(index)).slice(0, 12)}`);
  push(running.store, repository, one, [...commits, 'staging']);
  const { tags, complete } = await new NameLists(source()).tags({ host: running.host, repository });
  expect([tags[0]?.tag, tags.length, complete]).toEqual(['staging', 1000, false]);
});

test('a registry that takes its time holds up no other, and is heard of when it has answered', async () => {
  const slow = await startRegistry();
  try {
    push(running.store, repository, one, ['prod']);
    push(slow.store, repository, two, ['prod']);
    slow.faults.add({ kind: 'latency', milliseconds: 300 });
    const late: string[] = [];
    const fast = source();
    const both: RegistrySource = {
      connections: () => [running, slow].map(({ host }) => ({ host, repositories: [] })),
      isNamed: () => true,
      at: host => (host === slow.host ? connect(slow.host) : fast.at(host)),
      image: (host, name, digest, options) => (host === slow.host ? Promise.resolve(undefined) : fast.image(host, name, digest, options)),
    };
    lookup = new ImageLookup(both, { now: () => now, patience: 150, late: (host, name) => late.push(`${host}/${name}`) });
    const references = [running, slow].map(({ host }) => ({ host, repository, tag: 'prod' }));
    const statuses = async () => (await lookup.describe({ references })).images.map(({ status }) => status);
    expect(await statuses()).toEqual(['found', 'unknown']);
    await expect.poll(() => late, { timeout: 5000 }).toEqual([`${slow.host}/${repository}`]);
    expect(await statuses()).toEqual(['found', 'found']);
  } finally {
    await slow.stop();
  }
});
