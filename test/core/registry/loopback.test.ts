import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Fetch } from '../../../core/registry/fetch.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import { startRegistry } from '../../../demo/registry/registry.ts';
import { image, push } from '../promotion/team.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A registry on this machine, and the addresses that its client asked. */
async function start() {
  const running = await startRegistry();
  stops.push(() => running.stop());
  const digest = push(running.store, 'team/app', image('one'), ['prod']);
  const asked: string[] = [];
  const watching: Fetch = (url, init) => {
    asked.push(new URL(url).protocol);
    return fetch(url, init);
  };
  return { running, digest, asked, registry: connect(running.host, { fetch: watching }) };
}

test('plain http that hangs up now and then is not taken for https', async () => {
  const { running, digest, asked, registry } = await start();
  running.faults.add({ kind: 'reset', count: 2 });
  expect((await registry.resolve('team/app', 'prod'))?.digest).toBe(digest);
  expect(registry.manifestUrl('team/app', 'prod')).toMatch(/^http:/);
  expect(asked).toEqual(['http:', 'https:', 'http:', 'https:', 'http:']);
});

test('a registry’s own 400 is no reason to try https', async () => {
  const { running, asked, registry } = await start();
  running.faults.add({ kind: 'status', status: 400, code: 'MANIFEST_INVALID' });
  await expect(registry.manifest('team/app', 'prod')).rejects.toMatchObject({ code: 'MANIFEST_INVALID', status: 400 });
  expect(asked).toEqual(['http:']);
});

test('a 400 of something that speaks no https is its answer', async () => {
  const server = createServer((_, response) => response.writeHead(400, { 'content-type': 'text/plain' }).end('go away'));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(connect(host).manifest('team/app', 'prod')).rejects.toMatchObject({ code: 'UNEXPECTED', status: 400 });
});
