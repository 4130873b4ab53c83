import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../../core/image/digest.ts';
import { RegistryError, type RegistryErrorCode } from '../../../core/registry/errors.ts';
import { explain } from '../../../core/registry/explain.ts';
import type { Fetch } from '../../../core/registry/fetch.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import type { Fault, FaultEffect } from '../../../demo/registry/faults.ts';
import { type RegistryOptions, type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { specErrors } from '../../fakes/specErrors.ts';
import { image, push } from '../promotion/team.ts';

const running: RunningRegistry[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(one => one.stop()));
});

async function start(options: RegistryOptions = {}): Promise<{ server: RunningRegistry; digest: Digest }> {
  const server = await startRegistry(options);
  running.push(server);
  return { server, digest: push(server.store, 'team/app', image('one'), ['prod', 'v1']) };
}

async function all<T>(list: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of list) found.push(item);
  return found;
}

/** Everything a registry can be asked for, by name. */
function operations(registry: Registry, digest: Digest): Readonly<Record<string, () => Promise<unknown>>> {
  const bytes = Buffer.from('{}');
  return {
    repositories: () => all(registry.repositories()),
    images: () => all(registry.images('team/app')),
    lookUp: () => registry.lookUp('team/app', ['prod', 'v1']),
    resolve: () => registry.resolve('team/app', 'prod'),
    manifest: () => registry.manifest('team/app', 'prod'),
    byDigest: () => registry.manifest('team/app', digest),
    blob: () => registry.blob('team/app', digest),
    referrers: () => registry.referrers('team/app', digest),
    putManifest: () => registry.putManifest('team/app', 'next', { bytes, digest: emptyDigest, mediaType: 'application/json', size: 2 }),
    untag: () => registry.untag('team/app', 'v1'),
    remove: () => registry.remove('team/app', digest),
  };
}

const emptyDigest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

/** What each operation ended with: `done`, or the code of its error, which must be one that can be shown. */
async function outcomes(work: Readonly<Record<string, () => Promise<unknown>>>, host: string): Promise<Record<string, string>> {
  const ended = Object.entries(work).map(async ([name, run]) => {
    const error: unknown = await run().then(
      () => undefined,
      reason => reason,
    );
    if (error === undefined) return [name, 'done'];
    expect(error, name).toBeInstanceOf(RegistryError);
    const sentence = explain(error as RegistryError);
    expect(sentence).toMatch(/^[^\n]+\.$/);
    expect(sentence).not.toMatch(/undefined|\bat \S+\.[jt]s\b|Error:/);
    expect(sentence).toContain(host);
    return [name, (error as RegistryError).code];
  });
  return Object.fromEntries(await Promise.all(ended));
}

/** The codes of all operations, or where they differ those that do. */
const each = (code: RegistryErrorCode | 'done', others: Readonly<Record<string, string>> = {}) => {
  const names = Object.keys(operations({} as Registry, emptyDigest));
  return { ...Object.fromEntries(names.map(name => [name, code])), ...others };
};

describe('every fault ends every operation with an error that can be shown', () => {
  const page = { referrers: 'done' } as const;
  const table: readonly (readonly [string, FaultEffect, Readonly<Record<string, string>>])[] = [
    ['401 without a challenge', { kind: 'status', status: 401 }, each('UNAUTHORIZED')],
    ['403', { kind: 'status', status: 403 }, each('DENIED')],
    ['405', { kind: 'status', status: 405 }, each('UNSUPPORTED', { referrers: 'UNSUPPORTED' })],
    ['429', { kind: 'status', status: 429 }, each('TOOMANYREQUESTS')],
    ['429 for ten minutes', { kind: 'status', status: 429, retryAfter: '600' }, each('TOOMANYREQUESTS')],
    ['500', { kind: 'status', status: 500 }, each('SERVER_ERROR')],
    ['502 with a gateway’s page', { kind: 'html', status: 502 }, each('SERVER_ERROR')],
    ['a sign-in page', { kind: 'html' }, each('NOT_A_REGISTRY')],
    ['a page with 403', { kind: 'html', status: 403 }, each('NOT_A_REGISTRY')],
    ['a reset', { kind: 'reset' }, each('RESET')],
    [
      'a body that ends early',
      { kind: 'truncatedBody' },
      each('RESET', { resolve: 'done', lookUp: 'done', untag: 'done', remove: 'done' }),
    ],
    ['redirects without end', { kind: 'redirect', to: '' }, each('REDIRECT')],
  ];

  test.each(table)('%s', async (_name, fault, expected) => {
    const { server, digest } = await start();
    const registry = connect(server.host, { timeout: 5000 });
    server.faults.add(fault.kind === 'redirect' ? { ...fault, to: server.url } : fault);
    const found = await outcomes(operations(registry, digest), server.host);
    expect({ ...found, ...page }).toEqual({ ...expected, ...page });
    const writes = server.requests.filter(({ method }) => method === 'PUT' || method === 'DELETE');
    // A redirect on one host is followed five times; anything else is sent once.
    expect(writes).toHaveLength(fault.kind === 'redirect' ? 18 : 3);
  });
});

describe('the errors of the spec', () => {
  test.each(specErrors)('%d %s is %s for a list and for a write, with the registry’s own words', async (status, code, expected) => {
    const { server, digest } = await start();
    server.faults.add({ kind: 'status', status, code, message: 'said by the registry', retryAfter: '60' });
    const registry = connect(server.host);
    const { images, putManifest } = operations(registry, digest);
    if (!images || !putManifest) throw new Error('the operations are gone');
    const found = await outcomes({ images, putManifest }, server.host).catch(async (error: unknown) => {
      // The one sentence that is about a name and not about a host.
      if (expected !== 'NAME_INVALID') throw error;
      return { images: expected, putManifest: expected };
    });
    expect(found).toEqual({ images: expected, putManifest: expected });
    const error = await putManifest().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status, detail: 'said by the registry', request: 'PUT /v2/team/app/manifests/next' });
  });

  test('404 to a read means that it is not there', async () => {
    const { server, digest } = await start();
    server.faults.add({ kind: 'status', status: 404 });
    const { resolve, manifest, byDigest, blob, lookUp, referrers } = operations(connect(server.host), digest);
    for (const work of [resolve, manifest, byDigest, blob]) expect(await work?.()).toBeUndefined();
    expect(await lookUp?.()).toEqual(new Map());
    expect(await referrers?.()).toEqual([]);
  });
});

describe('lies', () => {
  test.each<FaultEffect>([{ kind: 'wrongDigest' }, { kind: 'wrongBytes' }])('$kind: nothing of it is used', async fault => {
    const { server, digest } = await start();
    const registry = connect(server.host);
    server.faults.add(fault);
    const { manifest, byDigest } = operations(registry, digest);
    if (!manifest || !byDigest) throw new Error('the operations are gone');
    expect(await outcomes({ manifest, byDigest }, server.host)).toEqual({ manifest: 'DIGEST_MISMATCH', byDigest: 'DIGEST_MISMATCH' });
  });

  test('a blob with other bytes is refused', async () => {
    const { server, digest } = await start();
    const index = JSON.parse(Buffer.from((await connect(server.host).manifest('team/app', digest))?.bytes ?? '').toString());
    const child = JSON.parse(
      Buffer.from((await connect(server.host).manifest('team/app', index.manifests[0].digest))?.bytes ?? '').toString(),
    );
    server.faults.add({ kind: 'wrongBytes', path: /\/blobs\// });
    const error = await connect(server.host)
      .blob('team/app', child.config.digest)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  test('a list without end, of the same page or of ever new names, is left', async () => {
    const { server } = await start();
    const registry = connect(server.host);
    server.faults.add({ kind: 'endlessLink' });
    expect(await all(registry.images('team/app')).catch((error: unknown) => error)).toMatchObject({ code: 'PAGING' });
    server.faults.clear();
    server.faults.add({ kind: 'endlessNames' });
    expect(await all(registry.tags('team/app')).catch((error: unknown) => error)).toMatchObject({ code: 'PAGING' });
    expect(server.requests.length).toBeLessThan(2100);
    // Whoever wants the first page only is not kept waiting for the rest.
    for await (const { images } of registry.images('team/app')) {
      expect(images).toEqual([{ tags: ['made-up-1'] }]);
      break;
    }
  }, 60_000);
});

describe('in the middle of a list', () => {
  const many = (server: RunningRegistry, digest: Digest) => {
    for (let count = 0; count < 2500; count++) server.store.open('team/app').tags.set(`v0.0.${count}`, digest);
  };
  const passing: readonly Fault[] = [
    { kind: 'expireTokens', path: /tags\/list/, count: 1 },
    { kind: 'reset', path: /tags\/list/, count: 2 },
    { kind: 'status', status: 503, path: /tags\/list/, count: 1 },
    { kind: 'status', status: 429, retryAfter: '1', path: /tags\/list/, count: 1 },
    { kind: 'status', status: 429, path: /tags\/list/, count: 1 },
  ];
  test.each(passing)('$kind is got over, and no name is lost or doubled', async fault => {
    const { server, digest } = await start({ auth: { kind: 'token', users: { ada: { password: 'pw-of-ada' } } } });
    many(server, digest);
    const keychain = { credentials: async () => ({ kind: 'basic', username: 'ada', password: 'pw-of-ada' }) as const };
    const registry = connect(server.host, { keychain });
    const names: string[] = [];
    for await (const { images } of registry.images('team/app')) {
      if (names.length === 0) server.faults.add(fault);
      names.push(...images.flatMap(({ tags }) => tags));
    }
    expect(names).toHaveLength(2502);
    expect(new Set(names).size).toBe(2502);
    const tokens = server.requests.filter(({ path }) => path.startsWith('/token')).length;
    expect(tokens).toBe(fault.kind === 'expireTokens' ? 2 : 1);
  });
});

describe('hosts', () => {
  test('a redirect of a read is followed without credentials, the referrers’ 303 to a web page is not', async () => {
    const password = 'pw-of-ada-0815';
    const keychain = { credentials: async () => ({ kind: 'basic', username: 'ada', password }) as const };
    const { server: elsewhere } = await start();
    const { server, digest } = await start({ auth: { kind: 'basic', users: { ada: { password } } } });
    const registry = connect(server.host, { keychain });
    await registry.resolve('team/app', 'prod');
    for (const status of [301, 302, 303, 307, 308] as const) {
      server.faults.clear();
      server.faults.add({ kind: 'redirect', to: elsewhere.url, status });
      expect((await registry.manifest('team/app', 'prod'))?.digest).toBe(digest);
      expect(await all(registry.tags('team/app'))).toEqual(['prod', 'v1']);
    }
    expect(elsewhere.requests.length).toBeGreaterThanOrEqual(10);
    expect(elsewhere.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
    const before = elsewhere.requests.length;
    server.faults.clear();
    server.faults.add({ kind: 'redirect', to: elsewhere.url, status: 303, path: /referrers/ });
    expect(await registry.referrers('team/app', digest)).toEqual([]);
    expect(elsewhere.requests).toHaveLength(before);
  });

  test('a challenge of the host that a redirect leads to gets no credentials', async () => {
    const asked: string[] = [];
    const keychain = {
      credentials: async (host: string) => {
        asked.push(host);
        return { kind: 'basic', username: 'ada', password: 'pw-of-ada' } as const;
      },
    };
    const { server: elsewhere } = await start({ auth: { kind: 'basic', users: {} } });
    const { server } = await start();
    server.faults.add({ kind: 'redirect', to: elsewhere.url });
    const error = await connect(server.host, { keychain })
      .manifest('team/app', 'prod')
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UNAUTHORIZED' });
    expect([asked, elsewhere.requests.length]).toEqual([[], 1]);
  });

  test('an IPv6 address is a host as any other, with tokens too', async () => {
    const keychain = { credentials: async () => ({ kind: 'basic', username: 'ada', password: 'pw-of-ada' }) as const };
    const { server, digest } = await start({ host: '[::1]', auth: { kind: 'token', users: { ada: { password: 'pw-of-ada' } } } });
    expect(server.host).toMatch(/^\[::1\]:\d+$/);
    const registry = connect(server.host, { keychain });
    expect(await all(registry.repositories())).toEqual(['team/app']);
    expect((await registry.resolve('team/app', 'prod'))?.digest).toBe(digest);
    expect(registry.manifestUrl('team/app', 'prod')).toBe(`http://${server.host}/v2/team/app/manifests/prod`);
  });

  test('a certificate that nobody signed is said to be that, and nothing is sent', async () => {
    const folder = join(import.meta.dirname, '../../fakes/certificate');
    const [cert, key] = await Promise.all(['selfSigned.pem', 'selfSigned.key'].map(name => readFile(join(folder, name), 'utf8')));
    if (!cert || !key) throw new Error('the certificate is gone');
    const { server, digest } = await start({ host: 'localhost', tls: { cert, key } });
    const resolving: Fetch = (url, init) => fetch(url.replace('https://registry.test', server.url), init);
    const found = await outcomes(operations(connect('registry.test', { fetch: resolving }), digest), 'registry.test');
    expect(found).toEqual(each('UNREACHABLE'));
    const error = await connect('registry.test', { fetch: resolving })
      .resolve('team/app', 'prod')
      .catch((reason: unknown) => reason);
    expect(explain(error as RegistryError)).toBe('The certificate of registry.test is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT).');
    expect(server.requests).toEqual([]);
  });

  test('a body that comes too slowly is a timeout, one that only takes its time is read', async () => {
    const { server, digest } = await start();
    server.faults.add({ kind: 'slowBody', milliseconds: 20 });
    const { images, manifest, blob } = operations(connect(server.host, { timeout: 300 }), digest);
    if (!images || !manifest || !blob) throw new Error('the operations are gone');
    expect(await outcomes({ images, manifest, blob }, server.host)).toEqual({ images: 'TIMEOUT', manifest: 'TIMEOUT', blob: 'TIMEOUT' });
    server.faults.clear();
    server.faults.add({ kind: 'slowBody', milliseconds: 1 });
    expect((await connect(server.host).manifest('team/app', 'prod'))?.digest).toBe(digest);
  });

  test('a server that takes the connection and says nothing is a timeout', async () => {
    const silent = createServer(socket => socket.on('error', () => undefined));
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const error = await connect(host, { timeout: 200 })
      .resolve('team/app', 'prod')
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'TIMEOUT' });
    silent.close();
  });
});

describe('how much is asked at once', () => {
  test('six requests to a host, of all kinds together and tokens included', async () => {
    const { server, digest } = await start({ auth: { kind: 'token', users: { ada: { password: 'pw-of-ada' } } } });
    const keychain = { credentials: async () => ({ kind: 'basic', username: 'ada', password: 'pw-of-ada' }) as const };
    let now = 0;
    let most = 0;
    server.faults.add({
      kind: 'before',
      async run() {
        most = Math.max(most, ++now);
        await new Promise(resolve => setTimeout(resolve, 10));
        now--;
      },
    });
    const registry = connect(server.host, { keychain });
    const { images, lookUp, manifest, referrers } = operations(registry, digest);
    await Promise.all(Array.from({ length: 12 }, () => [images?.(), lookUp?.(), manifest?.(), referrers?.()]).flat());
    expect(most).toBe(6);
  });
});

describe('cancelling', () => {
  const slow: readonly (readonly [string, Fault])[] = [
    ['while the answer is awaited', { kind: 'latency', milliseconds: 5000 }],
    ['in the middle of a body', { kind: 'slowBody', milliseconds: 200 }],
    ['between two tries', { kind: 'status', status: 429, retryAfter: '8' }],
    ['while a token is awaited', { kind: 'latency', milliseconds: 5000, path: /^\/token/ }],
  ];
  test.each(slow)('%s ends at once, and nothing more is asked', async (_name, fault) => {
    const { server, digest } = await start({ auth: { kind: 'token', users: {}, anonymous: ['pull'] } });
    const registry = connect(server.host);
    server.faults.add(fault);
    const controller = new AbortController();
    const { signal } = controller;
    const work = [
      all(registry.images('team/app', { signal })),
      registry.lookUp('team/app', ['prod'], { signal }),
      registry.manifest('team/app', 'prod', { signal }),
      registry.referrers('team/app', digest, { signal }),
    ];
    const before = Date.now();
    setTimeout(() => controller.abort(new Error('enough')), 100);
    const ended = await Promise.allSettled(work);
    expect(
      ended.map(one => one.status === 'rejected' && (one.reason.message === 'enough' || one.reason.cause?.message === 'enough')),
    ).toEqual([true, true, true, true]);
    expect(Date.now() - before).toBeLessThan(1500);
    // What was sent by then may still be on its way.
    await new Promise(resolve => setTimeout(resolve, 200));
    const { arrived } = server;
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(server.arrived).toBe(arrived);
  });
});
