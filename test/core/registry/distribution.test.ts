import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../../core/image/digest.ts';
import { RegistryError } from '../../../core/registry/errors.ts';
import { explain } from '../../../core/registry/explain.ts';
import type { Fetch } from '../../../core/registry/fetch.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import type { Fault } from '../../../demo/registry/faults.ts';
import { imageIndex } from '../../../demo/registry/manifests.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { image, push } from '../promotion/team.ts';

let running: RunningRegistry;
let registry: Registry;
let digest: Digest;
beforeEach(async () => {
  running = await startRegistry();
  registry = connect(running.host, { timeout: 3000 });
  digest = push(running.store, 'team/app', image('one'), ['prod', 'v1']);
});
afterEach(() => running.stop());

/** The RegistryError that `work` throws. */
async function trouble(work: Promise<unknown>): Promise<RegistryError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RegistryError);
  return error as RegistryError;
}

async function list(names: AsyncIterable<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const name of names) found.push(name);
  return found;
}

const reads = () => running.requests.filter(({ path }) => path.includes('/manifests/'));

describe('reading', () => {
  test('a tag resolves by HEAD alone', async () => {
    expect(await registry.resolve('team/app', 'prod')).toMatchObject({ digest, mediaType: imageIndex });
    expect(running.requests.map(({ method }) => method)).toEqual(['HEAD']);
  });

  test('a manifest comes as its exact bytes, with the type it was pushed with', async () => {
    const manifest = await registry.manifest('team/app', digest);
    expect(digestOf(manifest?.bytes ?? '')).toBe(digest);
    expect(manifest).toMatchObject({ digest, mediaType: imageIndex });
  });

  test('what is not there is undefined; a repository that is not there cannot be listed', async () => {
    expect(await registry.resolve('team/app', 'nope')).toBeUndefined();
    expect(await registry.manifest('team/nope', 'prod')).toBeUndefined();
    expect(await registry.blob('team/app', digestOf('nothing'))).toBeUndefined();
    expect((await trouble(list(registry.tags('team/nope')))).code).toBe('NAME_UNKNOWN');
  });

  test('repositories and tags are listed over all pages', async () => {
    for (let count = 0; count < 2345; count++) running.store.open('team/app').tags.set(`v0.0.${count}`, digest);
    expect(await list(registry.tags('team/app'))).toHaveLength(2347);
    expect(running.requests.length).toBe(3);
    push(running.store, 'team/web', image('two'), ['prod']);
    expect(await list(registry.repositories())).toEqual(['team/app', 'team/web']);
  });

  test('a reference that is none is refused before anything is sent', async () => {
    expect((await trouble(registry.resolve('team/app', '../../v2/other/manifests/x'))).code).toBe('TAG_INVALID');
    expect((await trouble(registry.resolve('Team App', 'prod'))).code).toBe('NAME_INVALID');
    expect(running.requests).toEqual([]);
  });

  test('six requests at once, not more', async () => {
    let now = 0;
    let most = 0;
    const counting: Fetch = async (url, init) => {
      most = Math.max(most, ++now);
      const response = await fetch(url, init);
      now--;
      return response;
    };
    running.faults.add({ kind: 'latency', milliseconds: 20 });
    const busy = connect(running.host, { fetch: counting });
    await Promise.all(Array.from({ length: 30 }, () => busy.resolve('team/app', 'prod')));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(6);
  });
});

describe('trouble', () => {
  const faults: readonly (readonly [string, Fault, RegistryError['code'], RegExp])[] = [
    ['403', { kind: 'status', status: 403 }, 'DENIED', /refuses access/],
    ['429', { kind: 'status', status: 429 }, 'TOOMANYREQUESTS', /too many requests/],
    ['429 that asks for a long wait', { kind: 'status', status: 429, retryAfter: '300' }, 'TOOMANYREQUESTS', /asks to wait 5 min/],
    ['500', { kind: 'status', status: 500 }, 'SERVER_ERROR', /trouble of its own/],
    ['a reset connection', { kind: 'reset' }, 'RESET', /closed the connection/],
    ['a wrong digest', { kind: 'wrongDigest' }, 'DIGEST_MISMATCH', /something else/],
    ['a truncated body', { kind: 'truncatedBody' }, 'RESET', /closed the connection/],
    ["a proxy's page", { kind: 'html' }, 'NOT_A_REGISTRY', /does not answer as a registry/],
  ];
  test.each(faults)('%s is one error and one sentence', async (_name, fault, code, sentence) => {
    running.faults.add(fault);
    const error = await trouble(registry.manifest('team/app', 'prod'));
    expect(error.code).toBe(code);
    expect(explain(error)).toMatch(sentence);
    expect(explain(error)).toContain(running.host);
    expect(explain(error)).not.toContain('\n');
  });

  test('a digest header that is missing costs a GET, no more', async () => {
    running.faults.add({ kind: 'missingDigest' });
    expect(await registry.resolve('team/app', 'prod')).toMatchObject({ digest });
    expect(running.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  test('a registry without HEAD is asked with GET', async () => {
    running.faults.add({ kind: 'status', status: 405, method: 'HEAD' });
    expect(await registry.resolve('team/app', 'prod')).toMatchObject({ digest });
  });

  test('a list whose pages never end stops with an error', async () => {
    running.faults.add({ kind: 'endlessLink' });
    const error = await trouble(list(registry.tags('team/app')));
    expect(error.code).toBe('PAGING');
    expect(running.requests.length).toBeLessThan(5);
  });

  test('pages that do not say what follows are read to their end all the same', async () => {
    const bytes = running.store.manifest('team/app', digest)?.bytes ?? new Uint8Array();
    for (let number = 100; number < 106; number++) running.store.putManifest('team/many', imageIndex, bytes, [`v${number}`]);
    running.faults.add({ kind: 'missingLink' });
    const names: string[] = [];
    for await (const { images } of registry.images('team/many', { pageSize: 2 })) names.push(...images.flatMap(({ tags }) => tags));
    expect(names).toEqual(['v100', 'v101', 'v102', 'v103', 'v104', 'v105']);
    expect(running.requests.map(({ path }) => path)).toHaveLength(4);
    // A page that is not full is the last one.
    running.faults.clear();
    expect(await list(registry.tags('team/many'))).toHaveLength(6);
    expect(running.requests).toHaveLength(5);
  });

  test('reads are tried three times after 500, and a passing trouble is not noticed', async () => {
    running.faults.add({ kind: 'status', status: 503, count: 2 });
    expect(await registry.resolve('team/app', 'prod')).toMatchObject({ digest });
    expect(reads()).toHaveLength(3);
  });

  test('a short Retry-After is kept', async () => {
    running.faults.add({ kind: 'status', status: 429, retryAfter: '1', count: 1 });
    const before = Date.now();
    expect(await registry.resolve('team/app', 'prod')).toMatchObject({ digest });
    expect(Date.now() - before).toBeGreaterThanOrEqual(950);
  });

  test.each<Fault>([{ kind: 'status', status: 503 }, { kind: 'reset' }, { kind: 'resetAfter' }])(
    'a write is never sent twice: $kind',
    async fault => {
      const manifest = await registry.manifest('team/app', 'prod');
      if (!manifest) throw new Error('prod is missing');
      running.faults.add({ ...fault, method: 'PUT' });
      await trouble(registry.putManifest('team/app', 'next', manifest));
      expect(running.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    },
  );

  test('an answer that takes too long is a timeout, also in the middle of a body', async () => {
    const hasty = connect(running.host, { timeout: 200 });
    running.faults.add({ kind: 'slowBody', milliseconds: 50 });
    expect((await trouble(hasty.manifest('team/app', 'prod'))).code).toBe('TIMEOUT');
    running.faults.clear();
    running.faults.add({ kind: 'latency', milliseconds: 2000 });
    expect((await trouble(hasty.resolve('team/app', 'prod'))).code).toBe('TIMEOUT');
  });

  test('cancelling ends a read at once', async () => {
    running.faults.add({ kind: 'latency', milliseconds: 5000 });
    const controller = new AbortController();
    const before = Date.now();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(registry.resolve('team/app', 'prod', { signal: controller.signal })).rejects.toThrow('enough');
    expect(Date.now() - before).toBeLessThan(1000);
  });

  test('a host that does not resolve, and one where nothing listens', async () => {
    const lost = await trouble(connect('registry.invalid').resolve('team/app', 'prod'));
    expect(explain(lost)).toBe('The host registry.invalid is not found. Check its name and the network.');
    const port = running.port;
    await running.stop();
    const silent = await trouble(connect(`127.0.0.1:${port}`).resolve('team/app', 'prod'));
    expect(explain(silent)).toMatch(/Nothing answers at/);
  });
});

describe('a server that is not as it should be', () => {
  let server: Server;
  let host: string;
  let answer: { status?: number; type?: string; body: string; headers?: Record<string, string> };
  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/json', ...answer.headers });
      response.end(answer.body);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  test.each([
    ['JSON of another kind', '{"hello":1}'],
    ['no JSON', 'hello'],
    ['a list of something else', '{"tags":{"a":1}}'],
    ['nothing', ''],
  ])('%s in place of a tag list', async (_name, body) => {
    answer = { body };
    expect((await trouble(list(connect(host).tags('team/app')))).code).toBe('NOT_A_REGISTRY');
  });

  test('a 404 page of a web server does not mean that the tag is absent', async () => {
    answer = { status: 404, type: 'text/html; charset=utf-8', body: '<h1>Not Found</h1>' };
    expect((await trouble(connect(host).resolve('team/app', 'prod'))).code).toBe('NOT_A_REGISTRY');
  });

  test('an answer without end is cut off', async () => {
    answer = { body: `{"tags":["${'x'.repeat(40 * 1024 * 1024)}"]}` };
    expect((await trouble(list(connect(host).tags('team/app')))).code).toBe('TOO_LARGE');
  });

  test('tags that are none are left out, null is an empty list, and text/plain is taken as ECR sends it', async () => {
    answer = { type: 'text/plain', body: '{"name":"team/app","tags":["ok","../evil","a b","ok",7]}' };
    expect(await list(connect(host).tags('team/app'))).toEqual(['ok']);
    answer = { body: '{"name":"team/app","tags":null}' };
    expect(await list(connect(host).tags('team/app'))).toEqual([]);
  });

  test('a registry that takes no page size is asked without one', async () => {
    const asked: (string | undefined)[] = [];
    server.removeAllListeners('request').on('request', (request, response) => {
      asked.push(request.url);
      const refused = request.url?.includes('n=') === true;
      response.writeHead(refused ? 400 : 200, { 'content-type': 'application/json' });
      response.end(refused ? '{"errors":[{"code":"PAGINATION_NUMBER_INVALID"}]}' : '{"tags":["a"]}');
    });
    expect(await list(connect(host).tags('team/app'))).toEqual(['a']);
    expect(asked).toEqual(['/v2/team/app/tags/list?n=1000', '/v2/team/app/tags/list']);
  });

  test('a next page at another host is not followed', async () => {
    answer = { body: '{"tags":["a"]}', headers: { link: '<https://evil.example/v2/team/app/tags/list?last=a>; rel="next"' } };
    expect((await trouble(list(connect(host).tags('team/app')))).code).toBe('PAGING');
  });

  test('trouble behind a redirect is told with its place', async () => {
    answer = { status: 307, body: '', headers: { location: 'https://storage.invalid/blob' } };
    const error = await trouble(connect(host).blob('team/app', digest));
    expect(explain(error)).toContain('(ENOTFOUND at storage.invalid)');
  });

  test.each(['ftp://storage.example/x', 'not an address ://', '/v2/team/app/blobs/loop'])(
    'a redirect to %s is not followed for ever',
    async location => {
      answer = { status: 302, body: '', headers: { location } };
      expect((await trouble(connect(host).blob('team/app', digest))).code).toMatch(/REDIRECT|UNEXPECTED/);
    },
  );

  test('an old manifest without platforms is said to be unreadable', async () => {
    answer = { type: 'application/vnd.docker.distribution.manifest.v1+prettyjws', body: '{"schemaVersion":1}' };
    expect((await trouble(connect(host).manifest('team/app', 'prod'))).code).toBe('MANIFEST_INVALID');
  });

  test("control characters in a registry's words are not shown", async () => {
    answer = { status: 400, body: JSON.stringify({ errors: [{ code: 'TAG_INVALID', message: 'no\u001b[31m \u202eway\nout' }] }) };
    expect(explain(await trouble(connect(host).manifest('team/app', 'prod')))).toContain('(no[31m way out)');
  });
});
