import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { image, push } from '../core/promotion/team.ts';
import { authority, type Listener, type ProxyServer, startProxy, startTls } from '../fakes/proxy.ts';
import { tallyman } from './cli.ts';

const name = 'registry.test/team/app';
let running: RunningRegistry;
let tls: Listener;
const proxies: ProxyServer[] = [];
beforeEach(async () => {
  running = await startRegistry();
  push(running.store, 'team/app', image('one'), ['prod']);
  tls = await startTls(running.port);
});
afterEach(async () => {
  await Promise.all([...proxies.splice(0).map(proxy => proxy.stop()), tls.stop(), running.stop()]);
});

async function start(password?: string): Promise<{ proxy: ProxyServer; url: string }> {
  const proxy = await startProxy(tls.port, password);
  proxies.push(proxy);
  return { proxy, url: `http://${password ? `ada:${password}@` : ''}127.0.0.1:${proxy.port}` };
}

describe('a registry behind a proxy with an authority of its own', () => {
  test.each(['HTTPS_PROXY', 'https_proxy'])('%s and NODE_EXTRA_CA_CERTS lead there', async variable => {
    const { proxy, url } = await start();
    const { code, stdout, stderr } = await tallyman(['tags', name], { env: { [variable]: url, NODE_EXTRA_CA_CERTS: authority } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('prod');
    expect(new Set(proxy.tunnels)).toEqual(new Set(['registry.test:443']));
  });

  test("the proxy's own user and password are sent to it", async () => {
    const { proxy, url } = await start('proxy-secret');
    const { code } = await tallyman(['tags', name], { env: { HTTPS_PROXY: url, NODE_EXTRA_CA_CERTS: authority } });
    expect(code).toBe(0);
    expect(proxy.tunnels.length).toBeGreaterThan(0);
  });

  test('a proxy that refuses is named as such', async () => {
    const { url } = await start('proxy-secret');
    const env = { HTTPS_PROXY: url.replace('proxy-secret', 'wrong-secret'), NODE_EXTRA_CA_CERTS: authority };
    const { code, stderr } = await tallyman(['tags', name], { env });
    expect(code).toBe(3);
    expect(stderr).toContain('the proxy answers with status 407');
    expect(stderr).not.toContain('wrong-secret');
  });

  test('without the authority the certificate is not trusted, and it says what to set', async () => {
    const { url } = await start();
    const { code, stderr } = await tallyman(['tags', name], { env: { HTTPS_PROXY: url } });
    expect(code).toBe(3);
    expect(stderr).toMatch(/certificate of registry\.test is not trusted .* NODE_EXTRA_CA_CERTS/);
  });

  test.each(['registry.test', '.test', '*', 'other.example,registry.test:443'])('NO_PROXY=%s goes past the proxy', async list => {
    const { proxy, url } = await start();
    const env = { HTTPS_PROXY: url, NO_PROXY: list, NODE_EXTRA_CA_CERTS: authority };
    const { code, stderr } = await tallyman(['tags', name], { env });
    expect(proxy.tunnels).toEqual([]);
    // The name leads nowhere by itself.
    expect(code).toBe(3);
    expect(stderr).toContain('registry.test is not found');
  });

  test('this machine itself is not asked for through a proxy', async () => {
    const { proxy, url } = await start();
    const { code } = await tallyman(['tags', `${running.host}/team/app`], { env: { HTTPS_PROXY: url, HTTP_PROXY: url } });
    expect(code).toBe(0);
    expect(proxy.tunnels).toEqual([]);
  });

  test('a proxy address that is none is usage: 2, and is not repeated', async () => {
    const { code, stderr } = await tallyman(['tags', name], { env: { HTTPS_PROXY: 'socks5://ada:proxy-secret@127.0.0.1:1080' } });
    expect(code).toBe(2);
    expect(stderr).toBe('HTTPS_PROXY or HTTP_PROXY is no http address.\n');
  });
});

test('plain http is spoken to other hosts only when asked, and goes through HTTP_PROXY', async () => {
  const proxy = await startProxy(running.port);
  proxies.push(proxy);
  const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
  const { code, stdout } = await tallyman(['tags', 'registry.test:5000/team/app', '--plain-http'], { env });
  expect(code).toBe(0);
  expect(stdout).toContain('prod');
  expect(new Set(proxy.tunnels)).toEqual(new Set(['registry.test:5000']));
  const refused = await tallyman(['tags', 'registry.test:5000/team/app'], { env });
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/does not speak https .* --plain-http/);
});
