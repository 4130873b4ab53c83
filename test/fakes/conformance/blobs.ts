import { expect, test } from 'vitest';
import type { Capabilities } from './capabilities.ts';
import { call, codes, pushBlob, sha256 } from './raw.ts';

/** Blobs: pushed in the three ways that clients use, mounted, read, deleted. */
export function blobsConform(base: () => string, { chunkOrder }: Capabilities): void {
  const octets = { 'content-type': 'application/octet-stream' };
  const start = async (repository: string, query = '') => {
    const started = await call(base(), `/v2/${repository}/blobs/uploads/${query}`, { method: 'POST' });
    return { started, at: new URL(String(started.headers['location']), base()) };
  };
  const get = (repository: string, digest: string, method = 'GET') => call(base(), `/v2/${repository}/blobs/${digest}`, { method });

  test('POST and PUT push a whole blob', async () => {
    const { started, at } = await start('blob/put');
    expect(started.status).toBe(202);
    at.searchParams.set('digest', sha256('cargo'));
    const done = await call(base(), at.href, { method: 'PUT', body: 'cargo', headers: octets });
    expect([done.status, done.headers['docker-content-digest']]).toEqual([201, sha256('cargo')]);
    expect((await get('blob/put', sha256('cargo'))).text).toBe('cargo');
    const head = await get('blob/put', sha256('cargo'), 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '5', 0]);
  });

  test('PATCHes push a blob in chunks', async () => {
    let { at } = await start('blob/chunks');
    let sent = 0;
    for (const chunk of ['first, ', 'second, ', 'third']) {
      const range = `${sent}-${sent + chunk.length - 1}`;
      const reply = await call(base(), at.href, { method: 'PATCH', body: chunk, headers: { ...octets, 'content-range': range } });
      sent += chunk.length;
      expect([reply.status, reply.headers['range']]).toEqual([202, `0-${sent - 1}`]);
      at = new URL(String(reply.headers['location']), base());
    }
    const digest = sha256('first, second, third');
    at.searchParams.set('digest', digest);
    expect((await call(base(), at.href, { method: 'PUT' })).status).toBe(201);
    expect((await get('blob/chunks', digest)).text).toBe('first, second, third');
  });

  test(chunkOrder ? 'a chunk that does not follow the one before is 416' : 'the order of chunks is not checked', async () => {
    const { at } = await start('blob/gap');
    const reply = await call(base(), at.href, { method: 'PATCH', body: 'late', headers: { ...octets, 'content-range': '10-13' } });
    expect(reply.status).toBe(chunkOrder ? 416 : 202);
  });

  test('bytes that do not have the digest are DIGEST_INVALID, and the blob is not there', async () => {
    const { at } = await start('blob/wrong');
    at.searchParams.set('digest', sha256('something else'));
    const done = await call(base(), at.href, { method: 'PUT', body: 'cargo', headers: octets });
    expect([done.status, ...codes(done)]).toEqual([400, 'DIGEST_INVALID']);
    expect((await get('blob/wrong', sha256('something else'))).status).toBe(404);
  });

  test('an upload that was given up is BLOB_UPLOAD_UNKNOWN', async () => {
    const { at } = await start('blob/cancel');
    expect((await call(base(), at.href, { method: 'DELETE' })).status).toBe(204);
    const late = await call(base(), at.href, { method: 'PATCH', body: 'x', headers: octets });
    expect([late.status, ...codes(late)]).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
  });

  test('a blob is mounted from another repository without sending it', async () => {
    const digest = await pushBlob(base(), 'blob/from', 'shared cargo');
    expect((await get('blob/to', digest)).status).toBe(404);
    const { started } = await start('blob/to', `?mount=${digest}&from=blob/from`);
    expect([started.status, started.headers['docker-content-digest']]).toEqual([201, digest]);
    expect((await get('blob/to', digest)).text).toBe('shared cargo');
  });

  test('a mount of an unknown blob becomes an upload', async () => {
    const { started, at } = await start('blob/to', `?mount=${sha256('nobody has this')}&from=blob/from`);
    expect(started.status).toBe(202);
    at.searchParams.set('digest', sha256('nobody has this'));
    expect((await call(base(), at.href, { method: 'PUT', body: 'nobody has this', headers: octets })).status).toBe(201);
  });

  test('an unknown blob is BLOB_UNKNOWN', async () => {
    await pushBlob(base(), 'blob/known', 'cargo');
    const reply = await get('blob/known', sha256('nobody pushed this'));
    expect([reply.status, ...codes(reply)]).toEqual([404, 'BLOB_UNKNOWN']);
  });

  test('a deleted blob is gone', async () => {
    const digest = await pushBlob(base(), 'blob/delete', 'cargo to lose');
    expect((await get('blob/delete', digest, 'DELETE')).status).toBe(202);
    expect((await get('blob/delete', digest)).status).toBe(404);
    expect((await get('blob/delete', digest, 'DELETE')).status).toBe(404);
  });
}
