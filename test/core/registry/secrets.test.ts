import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CredentialChain, credentialChain, triedWords } from '../../../core/registry/credentials/chain.ts';
import { dockerSource } from '../../../core/registry/credentials/dockerConfig.ts';
import { RegistryError } from '../../../core/registry/errors.ts';
import { explain } from '../../../core/registry/explain.ts';
import type { Fetch } from '../../../core/registry/fetch.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Auth } from '../../../demo/registry/auth.ts';
import type { Fault } from '../../../demo/registry/faults.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { writeHelper } from '../../fakes/credentialHelper.ts';
import { image, push } from '../promotion/team.ts';

const password = 'never/to be seen+4711&"ü';
const refresh = 'refresh/token+0815==';
const users = { ada: { password } };
let folder: string;
let running: RunningRegistry | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-secrets-'));
});
afterEach(async () => {
  await running?.stop();
  await rm(folder, { recursive: true });
});

const faults: readonly Fault[] = [
  { kind: 'echo' },
  { kind: 'echo', path: /^\/token/ },
  { kind: 'status', status: 400, message: 'no' },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 404 },
  { kind: 'status', status: 405 },
  { kind: 'status', status: 429, retryAfter: '600' },
  { kind: 'status', status: 500, path: /^\/token/ },
  { kind: 'status', status: 501 },
  { kind: 'html' },
  { kind: 'html', status: 403, path: /^\/token/ },
  { kind: 'reset', method: 'PUT' },
  { kind: 'truncatedBody', count: 3 },
  { kind: 'wrongDigest' },
  { kind: 'wrongBytes' },
  { kind: 'endlessLink' },
  { kind: 'expireTokens' },
  { kind: 'redirect', to: 'http://127.0.0.1:9' },
  { kind: 'redirect', to: 'http://127.0.0.1:9', path: /^\/token/ },
];

const schemes: readonly (readonly [string, Auth, object])[] = [
  ['basic', { kind: 'basic', users }, { auths: true }],
  ['token', { kind: 'token', users }, { auths: true }],
  ['a helper', { kind: 'token', users }, { credsStore: 'vault' }],
  ['an identity token', { kind: 'token', users, refreshTokens: { [refresh]: 'ada' } }, { identitytoken: refresh }],
  ['credentials that are refused', { kind: 'token', users: {} }, { auths: true }],
];

async function keychain(host: string, config: object): Promise<CredentialChain> {
  const auth = Buffer.from(`ada:${password}`).toString('base64');
  const entry = 'identitytoken' in config ? config : 'auths' in config ? { auth } : {};
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, auths: { [host]: entry } }));
  await writeHelper(folder, 'vault', { knows: { [host]: { Username: 'ada', Secret: password } } });
  const environment = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` };
  return credentialChain([dockerSource({ outside: () => [], environment })]);
}

test.each(schemes)(
  '%s: no secret is in anything that an error or the chain tells, whatever goes wrong',
  async (_name, auth, config) => {
    running = await startRegistry({ auth });
    const { host, url } = running;
    const digest = push(running.store, 'team/app', image('one'), ['prod', 'v1']);
    const chain = await keychain(host, config);
    const secrets = new Set([password, refresh, Buffer.from(`ada:${password}`).toString('base64')]);
    const watching: Fetch = async (address, init) => {
      const header = init.headers['authorization'];
      // Sent to nobody but the registry, and never in an address.
      expect(header === undefined || address.startsWith(`${url}/`)).toBe(true);
      for (const secret of secrets) expect([address, decodeURIComponent(address)].some(text => text.includes(secret))).toBe(false);
      const token = header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : undefined;
      if (token) secrets.add(token);
      return fetch(address, init);
    };
    const registry = connect(host, { keychain: chain, fetch: watching, timeout: 5000 });
    let told = '';
    const bytes = Buffer.from('{}');
    const other = {
      bytes,
      digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
      mediaType: 'a/b',
      size: 2,
    } as const;
    for (const fault of faults) {
      running.faults.clear();
      running.faults.add(fault);
      chain.renew();
      const work = [
        async () => {
          for await (const _page of registry.images('team/app'));
        },
        async () => {
          for await (const _name of registry.repositories());
        },
        () => registry.lookUp('team/app', ['prod']),
        () => registry.manifest('team/app', 'prod'),
        () => registry.referrers('team/app', digest),
        () => registry.putManifest('team/app', 'next', other),
        () => registry.untag('team/app', 'none'),
      ];
      await Promise.all(
        work.map(run =>
          run().catch((error: unknown) => {
            if (!(error instanceof RegistryError)) throw error;
            told += `${inspect(error, { depth: 9, showHidden: true })}\n${error.stack}\n${explain(error)}\n${JSON.stringify(error)}\n`;
          }),
        ),
      );
      told += `${triedWords(chain.tried(host))}\n${inspect([registry, chain], { depth: 9, showHidden: true })}\n`;
    }
    expect(told).toContain('RegistryError');
    expect(secrets.size).toBeGreaterThanOrEqual(3);
    for (const secret of secrets)
      for (const form of [
        secret,
        encodeURIComponent(secret),
        new URLSearchParams({ s: secret }).toString().slice(2),
        JSON.stringify(secret).slice(1, -1),
      ])
        expect(told).not.toContain(form);
  },
  60_000,
);
