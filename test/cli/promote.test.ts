import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { image, push } from '../core/promotion/team.ts';
import { type RunOptions, tallyman } from './cli.ts';

const [before, after, other] = [image('before'), image('after'), image('other')];
const note = /`prod` now names [0-9a-f]{12}; running workloads change only when they are redeployed\./;
let running: RunningRegistry;
let name: string;
let folder: string;
beforeEach(async () => {
  running = await startRegistry();
  name = `${running.host}/team/app`;
  push(running.store, 'team/app', before, ['prod']);
  push(running.store, 'team/app', after, ['staging']);
  push(running.store, 'team/app', other);
  folder = await mkdtemp(join(tmpdir(), 'tallyman-cli-'));
});
afterEach(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});

const prod = () => running.store.open('team/app').tags.get('prod');
const writes = () => running.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
const run = (args: readonly string[], options: RunOptions = {}) =>
  tallyman(args, { cwd: folder, ...options, env: { XDG_STATE_HOME: folder, ...options.env } });
const promote = (...args: readonly string[]) => run(['promote', name, '--from', 'staging', '--to', 'prod', ...args]);
const rollback = (...args: readonly string[]) => run(['rollback', name, '--tag', 'prod', ...args]);

describe('tallyman promote', () => {
  test('--plan shows everything and writes nothing', async () => {
    const { code, stdout, stderr } = await promote('--plan');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const said of [before.digest, after.digest, 'linux/amd64, linux/arm64', `PUT  ${running.url}/v2/team/app/manifests/prod\n`])
      expect(stdout).toContain(said);
    expect(stdout).toMatch(note);
    expect(stdout).not.toContain('\u001b');
    expect(writes()).toEqual([]);
  });

  test('--yes --expect moves the tag and records it in the state folder', async () => {
    const { code, stderr } = await promote('--yes', '--expect', before.digest);
    expect(code).toBe(0);
    expect(stderr).toMatch(note);
    expect(prod()).toBe(after.digest);
    expect(await readFile(join(folder, 'tallyman', 'ledger.jsonl'), 'utf8')).toContain('"state":"moved"');
  });

  test('what is there already is done: 0, and nothing is written', async () => {
    await promote('--yes', '--expect', before.digest);
    const count = writes().length;
    const { code, stdout } = await promote('--yes', '--expect', before.digest);
    expect(code).toBe(0);
    expect(stdout).toContain('there is nothing to do');
    expect(writes()).toHaveLength(count);
  });

  test('a question with no terminal is 2, with the plan', async () => {
    const { code, stdout, stderr } = await promote();
    expect(code).toBe(2);
    expect(stdout).toContain(after.digest);
    expect(stderr).toContain(`--yes --expect ${before.digest}`);
    expect(writes()).toEqual([]);
  });

  test.each([['--yes'], ['--yes', '--expect', 'sha256:short'], ['--expect', 'latest', '--yes']])(
    '%s %s is usage: 2, before anything is asked',
    async (...args) => {
      const { code, stderr } = await promote(...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/--expect|digest/);
      expect(running.requests).toEqual([]);
    },
  );

  test.each([other.digest, 'absent'])('a tag that does not name what is expected (%s) is 4, and nothing is written', async expected => {
    const { code, stderr } = await promote('--yes', '--expect', expected);
    expect(code).toBe(4);
    expect(stderr).toContain('Nothing was written.');
    expect(writes()).toEqual([]);
  });

  test('a tag that moves between plan and apply is 4 too', async () => {
    running.faults.add({
      kind: 'before',
      method: 'GET',
      path: /tags\/list/,
      run: store => void store.open('team/app').tags.set('prod', other.digest),
    });
    const { code, stderr } = await promote('--yes', '--expect', before.digest);
    expect(code).toBe(4);
    expect(stderr).toContain('moved meanwhile');
    expect(prod()).toBe(other.digest);
    expect(writes()).toEqual([]);
  });

  test('a refused check is 5, also for --plan', async () => {
    for (const args of [['--plan'], ['--yes', '--expect', 'absent']]) {
      const { code, stderr } = await run(['promote', name, '--from', 'staging', '--to', 'prod-20261114-1a2b3c4', ...args]);
      expect(code).toBe(5);
      expect(stderr).toMatch(/^Refused: .* Nothing was written\.\n$/);
    }
    expect(writes()).toEqual([]);
  });

  test('registry trouble is 3', async () => {
    expect((await run(['promote', name, '--from', 'nope', '--to', 'prod', '--plan'])).code).toBe(3);
    running.faults.add({ kind: 'status', status: 403, method: 'PUT' });
    expect((await promote('--yes', '--expect', before.digest)).code).toBe(3);
    expect(prod()).toBe(before.digest);
  });

  test('a write that cannot be confirmed is 3, never 0', async () => {
    running.faults.add({ kind: 'status', status: 503, method: 'PUT', path: /manifests\/prod$/ });
    const { code, stderr } = await promote('--yes', '--expect', before.digest);
    expect(code).toBe(3);
    expect(stderr).toContain('could not be confirmed');
  });

  test('--format json is one document, with plan and outcome', async () => {
    const { code, stdout } = await promote('--yes', '--expect', before.digest, '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      plan: { kind: 'promote', tag: 'prod', expected: before.digest, next: { digest: after.digest } },
      outcome: { status: 'moved', recorded: true },
    });
    const planned = JSON.parse((await promote('--plan', '--format', 'json')).stdout);
    expect(planned.plan.alreadyThere).toBe(true);
  });

  test('a ledger that cannot be written is 2, and nothing is written', async () => {
    const { code, stderr } = await promote('--yes', '--expect', before.digest, '--ledger', folder);
    expect(code).toBe(2);
    expect(stderr).toContain('--ledger FILE');
    expect(writes()).toEqual([]);
  });

  test('Ctrl-C while it reads ends it at once, with 1', async () => {
    let began = 0;
    const { code, stderr } = await run(['promote', name, '--from', 'staging', '--to', 'prod'], {
      during: child => {
        const interrupt = () => {
          began = Date.now();
          child.kill('SIGINT');
        };
        running.faults.add({ kind: 'before', run: interrupt, count: 1 });
        running.faults.add({ kind: 'latency', milliseconds: 8000 });
      },
    });
    expect(code).toBe(1);
    expect(stderr).toBe('Cancelled; nothing was written.\n');
    expect(Date.now() - began).toBeLessThan(5000);
  });

  test('Ctrl-C after the write was sent finishes and confirms it', async () => {
    running.faults.add({ kind: 'latency', milliseconds: 1500, method: 'PUT', path: /manifests\/prod$/ });
    const { code, stderr } = await run(['promote', name, '--from', 'staging', '--to', 'prod', '--yes', '--expect', before.digest], {
      during: child => {
        running.faults.add({ kind: 'before', method: 'PUT', path: /manifests\/prod$/, run: () => child.kill('SIGINT') });
      },
    });
    expect(code).toBe(0);
    expect(stderr).toContain('The write was sent already');
    expect(prod()).toBe(after.digest);
  });
});

describe('tallyman rollback', () => {
  test('--yes needs no --expect once the ledger has an entry, and undoes the promotion', async () => {
    await promote('--yes', '--expect', before.digest);
    const { code, stdout, stderr } = await rollback('--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('as the ledger says');
    expect(stderr).toMatch(note);
    expect(prod()).toBe(before.digest);
  });

  test('after somebody else moved the tag it is 4, and nothing is written', async () => {
    await promote('--yes', '--expect', before.digest);
    running.store.open('team/app').tags.set('prod', other.digest);
    const count = writes().length;
    for (const args of [['--yes'], ['--yes', '--to', before.digest]]) expect((await rollback(...args)).code).toBe(4);
    expect(writes()).toHaveLength(count);
  });

  test('without an entry it lists the trail and asks for --to and --expect', async () => {
    running.store.open('team/app').tags.set('prod-20261101-1a2b3c4', other.digest);
    const { code, stdout, stderr } = await rollback('--yes');
    expect(code).toBe(2);
    expect(stdout).toContain(`prod-20261101-1a2b3c4  2026-11-01  ${other.digest}`);
    expect(stderr).toContain('--to');
    expect(stderr).toContain(`--expect ${before.digest}`);
  });

  test('--to without --expect is 2, with it the tag moves', async () => {
    expect((await rollback('--to', other.digest, '--yes')).code).toBe(2);
    expect(writes()).toEqual([]);
    expect((await rollback('--to', other.digest, '--yes', '--expect', before.digest)).code).toBe(0);
    expect(prod()).toBe(other.digest);
  });
});
