import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCache, push } from '../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { call, codes, index, manifest, pushBlob, pushImage, putManifest } from '../fakes/conformance/raw.ts';

let registry: RunningRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

test.for([
  ['a list', '[]', manifest],
  ['null', 'null', manifest],
  ['no JSON', '\u0000\u0001', manifest],
  ['nothing', '', manifest],
  ['no config', '{"layers":[]}', manifest],
  ['layers that are text', '{"config":{"digest":"sha256:1"},"layers":"many"}', manifest],
  ['an index of nothing', '{"manifests":null}', index],
  ['a subject that is no digest', '{"manifests":[],"subject":{"digest":7}}', index],
  ['a type that is no manifest', '{}', 'application/json'],
] as const)('a manifest that is %s is MANIFEST_INVALID', async ([, text, type]) => {
  const reply = await putManifest(registry.url, 'odd/shapes', 'v1', text, type);
  expect([reply.status, ...codes(reply)]).toEqual([400, 'MANIFEST_INVALID']);
});

test.for([
  ['a null child', '{"manifests":[null]}', index],
  ['a child without a digest', '{"manifests":[{"size":1}]}', index],
  ['a layer that is a number', '{"config":{"digest":"sha256:1"},"layers":[7]}', manifest],
] as const)('a manifest with %s names something that is not there', async ([, text, type]) => {
  const reply = await putManifest(registry.url, 'odd/shapes', 'v1', text, type);
  expect([reply.status, codes(reply)[0]]).toEqual([400, 'MANIFEST_BLOB_UNKNOWN']);
});

test('a manifest over 4 MiB is refused, and so is a body over 64 MiB', async () => {
  const manifestReply = await putManifest(registry.url, 'odd/large', 'v1', ' '.repeat(4 * 1024 * 1024 + 1));
  expect([manifestReply.status, ...codes(manifestReply)]).toEqual([413, 'SIZE_INVALID']);
  await expect(pushBlob(registry.url, 'odd/large', Buffer.alloc(64 * 1024 * 1024 + 1))).rejects.toThrow(/413.*SIZE_INVALID/s);
});

test.for(['Acme/app', 'acme//app', 'acme/-app', 'acme/app_'])('%j is no repository name', async name => {
  const reply = await call(registry.url, `/v2/${name}/tags/list`);
  expect([reply.status, ...codes(reply)]).toEqual([400, 'NAME_INVALID']);
});

test('a tag of 129 characters or with a space is refused', async () => {
  const { text } = await pushImage(registry.url, 'odd/tags', 'v1');
  for (const tag of ['x'.repeat(129), 'a%20b', '.hidden']) {
    expect((await putManifest(registry.url, 'odd/tags', tag, text)).status).toBe(400);
  }
});

test('a path with a bad escape names nothing', async () => {
  expect((await call(registry.url, '/v2/odd/tags/manifests/%zz')).status).toBe(404);
});

test('bytes that are no HTTP end that connection and nothing else', async () => {
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connect(registry.port, '127.0.0.1', () => socket.end('\u0016\u0003\u0001 hello\r\n\r\n'));
    let text = '';
    socket.on('data', chunk => {
      text += String(chunk);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
  expect(said).toMatch(/^HTTP\/1\.1 400 /);
  expect((await call(registry.url, '/v2/')).status).toBe(200);
});

test('a cache in the older form is an index of layers', () => {
  const cache = buildCache([new Map([['a', 'layer']])], '2026-11-19T08:13:36Z', 'index');
  push(registry.store, 'odd/cache', cache, ['buildcache']);
  const { manifests } = JSON.parse(Buffer.from(cache.bytes).toString('utf8')) as { manifests: { mediaType: string; digest: string }[] };
  expect(manifests.map(({ mediaType }) => mediaType)).toEqual([
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.buildkit.cacheconfig.v0',
  ]);
  for (const { digest } of manifests) expect(registry.store.repository('odd/cache')?.blobs).toContain(digest);
});
