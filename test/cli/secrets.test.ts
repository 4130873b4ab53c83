import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Auth } from '../../demo/registry/auth.ts';
import type { Fault } from '../../demo/registry/faults.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { image, push } from '../core/promotion/team.ts';
import { writeHelper } from '../fakes/credentialHelper.ts';
import { tallyman } from './cli.ts';

const password = 'never-to-be-seen-4711';
const refresh = 'refresh-token-0815';
const encoded = Buffer.from(`ada:${password}`).toString('base64');
const [before, after] = [image('before'), image('after')];
let folder: string;
let running: RunningRegistry | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-secrets-'));
});
afterEach(async () => {
  await running?.stop();
  await rm(folder, { recursive: true });
});

const users = { ada: { password } };
const faults: readonly Fault[] = [
  { kind: 'echo' },
  { kind: 'echo', path: /^\/token/ },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 500 },
  { kind: 'html' },
  { kind: 'reset' },
  { kind: 'wrongDigest' },
  { kind: 'endlessLink' },
  { kind: 'redirect', to: 'http://127.0.0.1:9' },
];
const schemes: readonly (readonly [string, Auth, object])[] = [
  ['basic', { kind: 'basic', users }, { auth: encoded }],
  ['token', { kind: 'token', users }, { auth: encoded }],
  ['identity token', { kind: 'token', users, refreshTokens: { [refresh]: 'ada' } }, { identitytoken: refresh }],
  ['helper', { kind: 'token', users }, {}],
];

test.each(schemes)(
  'credentials (%s) are used, and appear in no output, error or ledger',
  async (_name, auth, entry) => {
    running = await startRegistry({ auth });
    push(running.store, 'team/app', before, ['prod']);
    push(running.store, 'team/app', after, ['staging']);
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [running.host]: entry }, credsStore: 'vault' }));
    await writeHelper(join(folder, 'bin'), 'vault', { knows: { [running.host]: { Username: 'ada', Secret: password } } });
    const env = { DOCKER_CONFIG: folder, NODE_DEBUG: 'fetch', PATH: `${folder}/bin${delimiter}${process.env['PATH']}` };
    const name = `${running.host}/team/app`;
    const ledger = join(folder, 'ledger.jsonl');
    let said = '';
    const run = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await tallyman(args, { env });
      said += stdout + stderr;
      return code;
    };

    const json = ['--format', 'json'];
    expect(await run('tags', name, ...json)).toBe(0);
    const expected = ['--yes', '--expect', before.digest, '--ledger', ledger];
    expect(await run('promote', name, '--from', 'staging', '--to', 'prod', ...expected, ...json)).toBe(0);
    expect(await run('rollback', name, '--tag', 'prod', '--yes', '--ledger', ledger)).toBe(0);
    expect(await run('compare', `${name}:prod`, `${name}:staging`)).toBe(0);
    const asked = running.requests.length;
    for (const fault of faults) {
      running.faults.add(fault);
      const plan = ['promote', name, '--from', 'staging', '--to', 'prod', '--plan'];
      const codes = await Promise.all([run(...plan, ...json), run('tags', name), run('inspect', `${name}:prod`)]);
      // What fails only a part of an image, or only a list, is no trouble to all of them.
      expect(codes.every(code => code === 0 || code === 3)).toBe(true);
      expect(codes.includes(3) || fault.path !== undefined).toBe(true);
      running.faults.clear();
    }
    expect(running.requests.length).toBeGreaterThan(asked + 3);
    said += await readFile(ledger, 'utf8');
    expect(said).toContain(after.digest);
    for (const secret of [password, encoded, refresh, 'Bearer ', 'Basic ']) expect(said).not.toContain(secret);
  },
  60_000,
);

test('a token service at another site is not asked without asking the user: 3, with what to add', async () => {
  running = await startRegistry({ auth: { kind: 'token', users, realm: 'https://auth.elsewhere.example/token' } });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [running.host]: { auth: encoded } } }));
  const { code, stderr } = await tallyman(['tags', `${running.host}/team/app`], { env: { DOCKER_CONFIG: folder } });
  expect(code).toBe(3);
  expect(stderr).toContain('--trust-realm https://auth.elsewhere.example');
  expect(running.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
});

test('a helper is asked for its credentials; where nothing has any, the error tells what was tried', async () => {
  running = await startRegistry({ auth: { kind: 'basic', users } });
  push(running.store, 'team/app', before, ['prod']);
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [running.host]: {} }, credsStore: 'vault' }));
  const env = { DOCKER_CONFIG: folder, PATH: `${folder}/bin${delimiter}${process.env['PATH']}` };
  const without = await tallyman(['tags', `${running.host}/team/app`], { env });
  expect(without.code).toBe(3);
  expect(without.stderr).toContain(
    `Tried: docker's config.json – none; docker-credential-vault – not on the PATH. Sign in with \`docker login ${running.host}\`.`,
  );
  await writeHelper(join(folder, 'bin'), 'vault', { knows: { [running.host]: { Username: 'ada', Secret: password } } });
  const { code, stdout, stderr } = await tallyman(['tags', `${running.host}/team/app`], { env });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('prod');
  expect(stdout).not.toContain(password);
});
