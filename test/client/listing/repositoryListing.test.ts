import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bodies } from '../../../client/cache/bodies.ts';
import { cachedReader } from '../../../client/cache/reader.ts';
import type { Roles } from '../../../client/listing/groups.ts';
import { RepositoryListing } from '../../../client/listing/repositoryListing.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import { push } from '../../../demo/images/images.ts';
import { imageIndex, imageManifest } from '../../../demo/registry/manifests.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { fill, image } from './repositories.ts';

const repository = 'acme/shop';
const roles: Roles = {
  environments: [
    { name: 'production', tag: 'prod', aliases: [] },
    { name: 'staging', tag: 'staging', aliases: [] },
    { name: 'qa', tag: 'qa', aliases: [] },
  ],
  tags: new Map(),
};

let registry: RunningRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

function listing(): RepositoryListing {
  return new RepositoryListing(cachedReader(connect(registry.host), new Bodies()), repository, { roles: async () => roles });
}

const asked = () => registry.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '').replace(/.*\/acme\/shop\//, '')}`);

describe('a long list', () => {
  beforeEach(() => fill(registry.store, repository, 2500, 20));

  test('shows its first rows after three requests, the environments among them', async () => {
    const list = listing();
    await list.open();
    expect(asked().sort()).toEqual(['GET manifests/prod', 'GET manifests/staging', 'GET tags/list']);
    expect(list.rows.get('prod')?.digest).toBe(image(0).digest);
    expect(list.rows.has('qa')).toBe(false);
    expect(list.progress).toMatchObject({ complete: false, pages: 1 });
    expect(list.sorting).toBe(true);
  });

  test('is read to its end on demand, a page a request', async () => {
    const list = listing();
    await list.open();
    await list.readAll();
    expect(list.rows.size).toBe(2502);
    expect(list.progress.complete).toBe(true);
    expect(asked().filter(path => path === 'GET tags/list')).toHaveLength(3);
  });

  test('goes on where it stood after a pause, and begins anew where a page was cut off', async () => {
    const list = listing();
    await list.open();
    list.pause();
    await list.readMore();
    expect(list.progress.pages).toBe(2);
    registry.faults.add({ kind: 'latency', milliseconds: 5000, path: /tags\/list/, count: 1 });
    const reading = list.readMore();
    await new Promise(resolve => setTimeout(resolve, 50));
    list.pause();
    await reading;
    await list.readAll();
    expect(list.rows.size).toBe(2502);
  });
});

describe('what the listing does not tell', () => {
  beforeEach(() => fill(registry.store, repository, 30));

  test('is looked at for the rows that are shown, in at most three requests a tag and one more for each image', async () => {
    const list = listing();
    await list.open();
    const keys = [...list.rows.keys()].slice(0, 20);
    const before = registry.requests.length;
    await list.fill(keys);
    const fresh = asked().slice(before);
    expect(fresh.filter(path => !path.includes('referrers/')).length).toBeLessThanOrEqual(3 * keys.length);
    expect(fresh.filter(path => path.includes('referrers/')).length).toBeLessThanOrEqual(keys.length);
    for (const key of keys) expect(list.rows.get(key)).toMatchObject({ state: { status: 'read' }, details: { content: 'index' } });
    await list.fill(keys);
    expect(registry.requests.length).toBe(before + fresh.length);
  });

  test.each([
    ['no API', { kind: 'status', status: 404, path: /referrers/ }],
    ['an API that knows nothing', undefined],
  ] as const)('is told by the index that stands in for the referrers API: %s', async (_name, fault) => {
    const empty = 'application/vnd.oci.empty.v1+json';
    const blob = registry.store.putBlob(repository, Buffer.from('{}'));
    const config = { mediaType: empty, digest: blob, size: 2 };
    const bundle = { schemaVersion: 2, artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json', config, layers: [] };
    const bytes = Buffer.from(JSON.stringify(bundle));
    const digest = registry.store.putManifest(repository, imageManifest, bytes);
    const index = { schemaVersion: 2, manifests: [{ mediaType: imageManifest, digest, size: bytes.length, artifactType: empty }] };
    registry.store.putManifest(repository, imageIndex, Buffer.from(JSON.stringify(index)), [image(0).digest.replace(':', '-')]);
    if (fault) registry.faults.add(fault);
    const list = listing();
    await list.open();
    await list.fill(['prod', 'v1.0.5']);
    expect(list.rows.get('prod')?.attached).toContain('signature');
    expect(list.rows.get('v1.0.5')?.attached ?? []).toEqual([]);
    const before = registry.requests.length;
    await list.fill(['prod', 'v1.0.5']);
    expect(registry.requests).toHaveLength(before);
  });

  test('is left alone once nobody looks, and asked for when somebody does again', async () => {
    const list = listing();
    await list.open();
    registry.faults.add({ kind: 'latency', milliseconds: 40 });
    const keys = [...list.rows.keys()];
    const filling = list.fill(keys);
    await new Promise(resolve => setTimeout(resolve, 60));
    list.pause();
    await filling;
    const then = registry.requests.length;
    expect(then).toBeLessThan(30);
    registry.faults.clear();
    await list.fill(keys);
    for (const key of keys) expect(list.rows.get(key)?.details, key).toBeDefined();
  });

  test('says of a tag that went away meanwhile that it is gone, and of one that cannot be read why', async () => {
    const list = listing();
    await list.open();
    registry.store.remove(repository, 'v1.0.3');
    registry.faults.add({ kind: 'wrongDigest', path: /manifests\/v1\.0\.4$/ });
    await list.fill(['v1.0.3', 'v1.0.4', 'v1.0.5']);
    expect(list.rows.get('v1.0.3')?.state.status).toBe('gone');
    expect(list.rows.get('v1.0.4')?.state).toMatchObject({ status: 'failed', message: expect.stringContaining('sent something else') });
    expect(list.rows.get('v1.0.5')?.state.status).toBe('read');
  });

  test('ends at the first answer that says there were too many requests', async () => {
    const list = listing();
    await list.open();
    registry.faults.add({ kind: 'status', status: 429, retryAfter: '3600' });
    const before = registry.requests.length;
    await expect(list.fill([...list.rows.keys()])).rejects.toMatchObject({ code: 'TOOMANYREQUESTS' });
    expect(registry.requests.length - before).toBeLessThanOrEqual(4);
  });

  test('has rows that stay while they are read again, until the registry has told all there is', async () => {
    const list = listing();
    await list.open();
    await list.readAll();
    registry.store.remove(repository, 'v1.0.7');
    push(registry.store, repository, image(99), ['v1.0.99', 'prod']);
    const sizes: number[] = [];
    list.onChange(() => sizes.push(list.rows.size));
    await list.refresh();
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(32);
    expect(list.rows.has('v1.0.7')).toBe(false);
    expect(list.rows.get('prod')?.digest).toBe(image(99).digest);
  });
});
