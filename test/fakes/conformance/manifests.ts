import { expect, test } from 'vitest';
import type { Capabilities } from './capabilities.ts';
import { anyManifest, call, codes, index, manifest, manifestText, pushBlob, pushImage, putManifest, sha256 } from './raw.ts';

/** Manifests: pushed byte by byte, read back the same, refused where something is wrong. */
export function manifestsConform(base: () => string, { withoutAccept }: Capabilities): void {
  const accept = { accept: anyManifest };
  const missingDigest = sha256('nobody pushed this');

  test('a manifest comes back byte for byte, with its digest, type and length', async () => {
    const { digest, text, reply } = await pushImage(base(), 'read/exact', 'v1');
    expect(reply.headers['docker-content-digest']).toBe(digest);
    expect(String(reply.headers['location'])).toContain(digest);
    for (const reference of ['v1', digest]) {
      const got = await call(base(), `/v2/read/exact/manifests/${reference}`, { headers: accept });
      expect(got.status).toBe(200);
      expect(got.text).toBe(text);
      expect(got.headers).toMatchObject({
        'docker-content-digest': digest,
        'content-type': manifest,
        'content-length': String(text.length),
      });
    }
  });

  test('HEAD says what GET says, without a body', async () => {
    const { digest, text } = await pushImage(base(), 'read/head', 'v1');
    const head = await call(base(), '/v2/read/head/manifests/v1', { method: 'HEAD', headers: accept });
    expect(head.status).toBe(200);
    expect(head.body.length).toBe(0);
    expect(head.headers).toMatchObject({ 'docker-content-digest': digest, 'content-length': String(text.length) });
  });

  test('an unknown tag, digest or repository is 404', async () => {
    await pushImage(base(), 'read/known', 'v1');
    for (const reference of ['v2', missingDigest]) {
      const got = await call(base(), `/v2/read/known/manifests/${reference}`, { headers: accept });
      expect([got.status, ...codes(got)]).toEqual([404, 'MANIFEST_UNKNOWN']);
      expect((await call(base(), `/v2/read/known/manifests/${reference}`, { method: 'HEAD', headers: accept })).status).toBe(404);
    }
    expect((await call(base(), '/v2/read/nowhere/manifests/v1', { headers: accept })).status).toBe(404);
  });

  test('If-None-Match with the digest is 304', async () => {
    const { digest } = await pushImage(base(), 'read/etag', 'v1');
    const first = await call(base(), '/v2/read/etag/manifests/v1', { headers: accept });
    expect(first.headers['etag']).toBe(`"${digest}"`);
    for (const method of ['GET', 'HEAD']) {
      const again = await call(base(), '/v2/read/etag/manifests/v1', { method, headers: { ...accept, 'if-none-match': `"${digest}"` } });
      expect([again.status, again.body.length]).toEqual([304, 0]);
    }
    const other = await call(base(), '/v2/read/etag/manifests/v1', { headers: { ...accept, 'if-none-match': `"${missingDigest}"` } });
    expect(other.status).toBe(200);
  });

  test(`without an Accept header an OCI manifest is ${withoutAccept === 'manifest' ? 'served' : 'not found'}`, async () => {
    await pushImage(base(), 'read/accept', 'v1');
    const got = await call(base(), '/v2/read/accept/manifests/v1');
    expect(got.status).toBe(withoutAccept === 'manifest' ? 200 : 404);
  });

  test('an index that the Accept header does not name is not served', async () => {
    const { digest, text } = await pushImage(base(), 'read/index', undefined);
    const list = JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: [{ mediaType: manifest, digest, size: text.length }] });
    expect((await putManifest(base(), 'read/index', 'multi', list, index)).status).toBe(201);
    const refused = await call(base(), '/v2/read/index/manifests/multi', { headers: { accept: manifest } });
    expect([refused.status, ...codes(refused)]).toEqual([404, 'MANIFEST_UNKNOWN']);
    expect((await call(base(), '/v2/read/index/manifests/multi', { headers: accept })).text).toBe(list);
  });

  test('a tag moves to another manifest of the repository with one PUT', async () => {
    const one = await pushImage(base(), 'write/move', 'v1');
    const two = await pushImage(base(), 'write/move', 'v2');
    await putManifest(base(), 'write/move', 'prod', one.text);
    const moved = await putManifest(base(), 'write/move', 'prod', two.text);
    expect([moved.status, moved.headers['docker-content-digest']]).toEqual([201, two.digest]);
    const head = await call(base(), '/v2/write/move/manifests/prod', { method: 'HEAD', headers: accept });
    expect(head.headers['docker-content-digest']).toBe(two.digest);
    const former = await call(base(), `/v2/write/move/manifests/${one.digest}`, { headers: accept });
    expect(former.text).toBe(one.text);
  });

  test('If-Match is ignored on PUT, so a move is never atomic', async () => {
    await pushImage(base(), 'write/race', 'prod', 'one');
    const { text, config } = manifestText('two');
    await pushBlob(base(), 'write/race', config);
    for (const condition of [{ 'if-match': `"${missingDigest}"` }, { 'if-none-match': '*' }]) {
      const headers = { 'content-type': manifest, ...condition };
      expect((await call(base(), '/v2/write/race/manifests/prod', { method: 'PUT', body: text, headers })).status).toBe(201);
    }
  });

  test('a PUT under a digest that the bytes do not have is DIGEST_INVALID', async () => {
    const { text } = await pushImage(base(), 'write/digest', 'v1');
    const put = await putManifest(base(), 'write/digest', missingDigest, text);
    expect([put.status, ...codes(put)]).toEqual([400, 'DIGEST_INVALID']);
  });

  test('a Content-Type that is not the mediaType is MANIFEST_INVALID', async () => {
    const { text } = await pushImage(base(), 'write/type', 'v1');
    const put = await putManifest(base(), 'write/type', 'v2', text, index);
    expect([put.status, ...codes(put)]).toEqual([400, 'MANIFEST_INVALID']);
  });

  test('bytes that are no JSON are MANIFEST_INVALID', async () => {
    await pushImage(base(), 'write/json', 'v1');
    const put = await putManifest(base(), 'write/json', 'v2', '{"schemaVersion":');
    expect([put.status, ...codes(put)]).toEqual([400, 'MANIFEST_INVALID']);
  });

  test('a manifest whose blobs or children are not there is MANIFEST_BLOB_UNKNOWN', async () => {
    await pushImage(base(), 'write/missing', 'v1');
    const withoutBlob = await putManifest(base(), 'write/missing', 'v2', manifestText('its config was never pushed').text);
    expect([withoutBlob.status, codes(withoutBlob)[0]]).toEqual([400, 'MANIFEST_BLOB_UNKNOWN']);
    expect(withoutBlob.text).toContain(sha256(manifestText('its config was never pushed').config));
    const list = JSON.stringify({
      schemaVersion: 2,
      mediaType: index,
      manifests: [{ mediaType: manifest, digest: missingDigest, size: 9 }],
    });
    const withoutChild = await putManifest(base(), 'write/missing', 'multi', list, index);
    expect([withoutChild.status, codes(withoutChild)[0]]).toEqual([400, 'MANIFEST_BLOB_UNKNOWN']);
  });

  test('an index whose children are blobs is taken: older BuildKit caches are such', async () => {
    const layer = await pushBlob(base(), 'write/cache', 'a cached layer');
    const children = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: layer, size: 14 }];
    const list = JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: children });
    expect((await putManifest(base(), 'write/cache', 'buildcache', list, index)).status).toBe(201);
  });

  test('children are per repository: an index needs them in its own', async () => {
    const { digest, text } = await pushImage(base(), 'write/here', 'v1');
    const list = JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: [{ mediaType: manifest, digest, size: text.length }] });
    const put = await putManifest(base(), 'write/there', 'multi', list, index);
    expect([put.status, codes(put)[0]]).toEqual([400, 'MANIFEST_BLOB_UNKNOWN']);
  });
}
