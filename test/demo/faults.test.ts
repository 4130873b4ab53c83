import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../core/image/digest.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { anyManifest, call, codes, manifest, pushImage, putManifest } from '../fakes/conformance/raw.ts';

let registry: RunningRegistry;

beforeEach(async () => {
  registry = await startRegistry();
  await pushImage(registry.url, 'acme/app', 'v1');
});
afterEach(() => registry.stop());

const path = '/v2/acme/app/manifests/v1';
const get = () => call(registry.url, path, { headers: { accept: anyManifest } });
const head = () => call(registry.url, path, { method: 'HEAD', headers: { accept: anyManifest } });

test.for([
  [401, 'UNAUTHORIZED'],
  [403, 'DENIED'],
  [404, 'MANIFEST_UNKNOWN'],
  [405, 'UNSUPPORTED'],
  [429, 'TOOMANYREQUESTS'],
  [500, 'UNKNOWN'],
  [503, 'UNKNOWN'],
] as const)('status %d comes with the code %s', async ([status, code]) => {
  registry.faults.add({ kind: 'status', status });
  const reply = await get();
  expect([reply.status, ...codes(reply)]).toEqual([status, code]);
});

test('429 says when to come back, once, and then all is well', async () => {
  registry.faults.add({ kind: 'status', status: 429, retryAfter: '2', count: 1 });
  const limited = await get();
  expect([limited.status, limited.headers['retry-after']]).toEqual([429, '2']);
  expect((await get()).status).toBe(200);
});

test('a fault hits only its method and path, and is turned off by what turned it on', async () => {
  const off = registry.faults.add({ kind: 'status', status: 500, method: 'GET', path: /\/manifests\// });
  expect([(await get()).status, (await head()).status, (await call(registry.url, '/v2/')).status]).toEqual([500, 200, 200]);
  off();
  expect((await get()).status).toBe(200);
});

test('faults can be there from the start, and be cleared', async () => {
  const broken = await startRegistry({ faults: [{ kind: 'status', status: 503 }] });
  expect((await call(broken.url, '/v2/')).status).toBe(503);
  broken.faults.clear();
  expect((await call(broken.url, '/v2/')).status).toBe(200);
  await broken.stop();
});

test('latency holds the answer back', async () => {
  registry.faults.add({ kind: 'latency', milliseconds: 120 });
  const before = performance.now();
  expect((await get()).status).toBe(200);
  expect(performance.now() - before).toBeGreaterThan(110);
});

test('a reset before the write leaves the tag as it was', async () => {
  const { text } = await pushImage(registry.url, 'acme/app', 'v2');
  const before = registry.store.manifest('acme/app', 'v1')?.digest;
  registry.faults.add({ kind: 'reset', method: 'PUT' });
  await expect(putManifest(registry.url, 'acme/app', 'v1', text)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(registry.store.manifest('acme/app', 'v1')?.digest).toBe(before);
  expect(registry.requests.at(-1)).toMatchObject({ method: 'PUT', status: 0 });
});

test('a reset after the write leaves the tag moved and the caller unsure', async () => {
  const { digest, text } = await pushImage(registry.url, 'acme/app', 'v2');
  registry.faults.add({ kind: 'resetAfter', method: 'PUT' });
  await expect(putManifest(registry.url, 'acme/app', 'v1', text)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(registry.store.manifest('acme/app', 'v1')?.digest).toBe(digest);
});

test('a wrong digest header stands over the right bytes', async () => {
  registry.faults.add({ kind: 'wrongDigest' });
  const reply = await get();
  expect(reply.headers['docker-content-digest']).toBe(`sha256:${'0'.repeat(64)}`);
  expect(digestOf(reply.body)).toBe(registry.store.manifest('acme/app', 'v1')?.digest);
});

test('a missing digest header leaves only the bytes to tell', async () => {
  registry.faults.add({ kind: 'missingDigest' });
  for (const reply of [await get(), await head()]) {
    expect([reply.status, reply.headers['docker-content-digest'], reply.headers['etag']]).toEqual([200, undefined, undefined]);
  }
});

test('an endless Link never stops saying that there is more', async () => {
  registry.faults.add({ kind: 'endlessLink', path: /\/tags\/list$/ });
  const links = new Set<string>();
  let next = '/v2/acme/app/tags/list?n=1';
  for (let pages = 0; pages < 20; pages++) {
    const reply = await call(registry.url, next);
    next = /<([^>]+)>; rel="next"/.exec(String(reply.headers['link']))?.[1] ?? '';
    links.add(next);
  }
  expect(links.size).toBe(20);
});

test('a truncated body ends before its Content-Length', async () => {
  registry.faults.add({ kind: 'truncatedBody' });
  await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test("a portal's page is HTML with status 200", async () => {
  registry.faults.add({ kind: 'html' });
  const reply = await get();
  expect([reply.status, reply.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(reply.text).toContain('<html>');
});

test('a slow body comes byte by byte, and whole', async () => {
  registry.faults.add({ kind: 'slowBody', milliseconds: 1 });
  const before = performance.now();
  const reply = await get();
  expect(digestOf(reply.body)).toBe(registry.store.manifest('acme/app', 'v1')?.digest);
  expect(performance.now() - before).toBeGreaterThan(reply.body.length * 0.9);
});

test('a redirect leads to the same path on another host, where the credentials can be watched for', async () => {
  const other = await startRegistry();
  registry.faults.add({ kind: 'redirect', to: other.url });
  const reply = await call(registry.url, `${path}?ns=a`);
  expect([reply.status, reply.headers['location']]).toEqual([307, `${other.url}${path}?ns=a`]);
  await call(other.url, path, { headers: { authorization: 'Bearer secret' } });
  expect(other.requests).toEqual([{ method: 'GET', path, status: 404, authorization: 'Bearer' }]);
  expect(JSON.stringify(other.requests)).not.toContain('secret');
  await other.stop();
});

test('another writer moves the tag just before a PUT', async () => {
  const mine = await pushImage(registry.url, 'acme/app', undefined, 'mine');
  const theirs = await pushImage(registry.url, 'acme/app', undefined, 'theirs');
  let seen: string | undefined;
  registry.faults.add({
    kind: 'before',
    method: 'PUT',
    count: 1,
    run: store => {
      store.tag('acme/app', 'v1', digestOf(theirs.text));
      seen = store.manifest('acme/app', 'v1')?.digest;
    },
  });
  const { digest } = mine;
  await call(registry.url, path, { method: 'PUT', body: mine.text, headers: { 'content-type': manifest } });
  expect([seen, registry.store.manifest('acme/app', 'v1')?.digest]).toEqual([theirs.digest, digest]);
});

test('faults add up: slow and then refused', async () => {
  registry.faults.add({ kind: 'latency', milliseconds: 60 });
  registry.faults.add({ kind: 'status', status: 500 });
  const before = performance.now();
  expect((await get()).status).toBe(500);
  expect(performance.now() - before).toBeGreaterThan(50);
});

test('stopping ends connections that are still waiting', async () => {
  registry.faults.add({ kind: 'latency', milliseconds: 60_000 });
  const waiting = expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
  await new Promise(resolve => setTimeout(resolve, 50));
  await registry.stop();
  await waiting;
  registry = await startRegistry();
});
