import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeImage } from '../../../core/registry/describe.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { buildCache } from '../../../demo/images/images.ts';
import { imageIndex, imageManifest } from '../../../demo/registry/manifests.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { commit, image, push } from '../promotion/team.ts';

let running: RunningRegistry;
let registry: Registry;
beforeEach(async () => {
  running = await startRegistry();
  registry = connect(running.host);
});
afterEach(() => running.stop());

test('an index tells its platforms without attestations, and its labels through one platform', async () => {
  push(running.store, 'team/app', image('one'), ['prod']);
  const details = await describeImage(registry, 'team/app', 'prod');
  expect(details).toMatchObject({
    content: 'index',
    platforms: ['linux/amd64', 'linux/arm64'],
    created: '2026-11-14T09:30:00.000Z',
    revision: commit('one'),
    version: 'v1.0.0',
    source: 'https://example.com/team/app',
  });
  expect(details?.children.map(({ attestation }) => attestation)).toEqual([false, false, true, true]);
});

test('annotations of an index speak before labels, and save the requests', async () => {
  const built = image('one');
  const index = JSON.parse(Buffer.from(built.bytes).toString());
  index.annotations = {
    'org.opencontainers.image.revision': 'feedface',
    'org.opencontainers.image.created': '2026-11-20T00:00:00Z',
  };
  push(running.store, 'team/app', built);
  running.store.putManifest('team/app', imageIndex, Buffer.from(JSON.stringify(index)), ['prod']);
  expect(await describeImage(registry, 'team/app', 'prod')).toMatchObject({ revision: 'feedface', created: '2026-11-20T00:00:00.000Z' });
  expect(running.requests).toHaveLength(1);
});

test('a single platform is described from its config', async () => {
  const child = image('one').children[0];
  if (!child) throw new Error('the index has no child');
  push(running.store, 'team/app', child, ['amd']);
  expect(await describeImage(registry, 'team/app', 'amd')).toMatchObject({
    content: 'image',
    platforms: ['linux/amd64'],
    revision: commit('one'),
  });
});

test('a build cache is no image', async () => {
  push(running.store, 'team/app', buildCache([new Map([['a', 'b']])], '2026-11-14T09:30:00Z'), ['buildcache']);
  expect(await describeImage(registry, 'team/app', 'buildcache')).toMatchObject({
    content: 'cache',
    platforms: [],
    size: expect.any(Number),
  });
});

test('a signature is an artifact', async () => {
  const config = running.store.putBlob('team/app', Buffer.from('{}'));
  const manifest = {
    schemaVersion: 2,
    mediaType: imageManifest,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 2 },
    layers: [{ mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json', digest: config, size: 2 }],
  };
  running.store.putManifest('team/app', imageManifest, Buffer.from(JSON.stringify(manifest)), ['sig']);
  expect(await describeImage(registry, 'team/app', 'sig')).toMatchObject({ content: 'artifact' });
});

test('text that a registry sends is printable, and a blanked date is no date', async () => {
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: 'amd\u001b[2J64',
      created: '1970-01-01T00:00:00Z',
      config: { Labels: { 'org.opencontainers.image.version': 'v1\u202e\n2', 'org.opencontainers.image.revision': 7 } },
    }),
  );
  const digest = running.store.putBlob('team/app', config);
  const manifest = {
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: config.length },
    layers: [],
  };
  running.store.putManifest('team/app', imageManifest, Buffer.from(JSON.stringify(manifest)), ['odd']);
  const details = await describeImage(registry, 'team/app', 'odd');
  expect(details).toMatchObject({ platforms: ['linux/amd[2J64'], version: 'v1 2' });
  expect(details).not.toHaveProperty('created');
  expect(details).not.toHaveProperty('revision');
});
