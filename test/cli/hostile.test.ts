import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { forging, hostile, pushHostile } from '../fakes/hostile.ts';
import { tallyman } from './cli.ts';

/** An escape in JSON means the character all the same. */
const forgingLine = new RegExp(`${forging.source}|[\\r\\n]`);

let folder: string;
let running: RunningRegistry;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-hostile-'));
  running = await startRegistry();
});
afterEach(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});

test.each([{}, { GITHUB_ACTIONS: 'true' }])('what a registry says is shown as plain text %o', async env => {
  const prod = pushHostile(running.store, 'prod');
  pushHostile(running.store, 'staging');
  const name = `${running.host}/team/app`;
  const ledger = join(folder, 'ledger.jsonl');
  const commands = [
    ['tags', name],
    ['tags', name, '--details', '--format', 'json'],
    ['inspect', `${name}:prod`, '--format', 'json'],
    ['compare', `${name}:prod-amd64`, `${name}:staging-amd64`, '--format', 'json'],
    ['promote', name, '--from', 'staging', '--to', 'prod', '--plan', '--format', 'json', '--ledger', ledger],
    ['inspect', `${name}:prod`],
    ['inspect', `${name}:prod-amd64`],
    ['compare', `${name}:prod`, `${name}:staging`],
    ['compare', `${name}:prod-amd64`, `${name}:staging-amd64`],
    ['promote', name, '--from', 'staging', '--to', 'prod', '--plan', '--ledger', ledger],
    ['promote', name, '--from', 'staging', '--to', 'prod', '--yes', '--expect', prod, '--ledger', ledger],
  ];
  for (const args of commands) {
    const { code, stdout, stderr } = await tallyman(args, { env });
    expect([0, 5], `${args[0]}: ${stderr}`).toContain(code);
    const shown = stdout + stderr;
    expect(shown.replaceAll('\n', ''), args.join(' ')).not.toMatch(forging);
    expect(shown).not.toMatch(/^::|^\s*##\[/m);
    if (args.includes('json')) for (const text of textsOf(JSON.parse(stdout))) expect(text, args.join(' ')).not.toMatch(forgingLine);
    if (args[0] === 'inspect') expect(shown).toContain('gnp.exe');
  }
});

test('what it says in errors too', async () => {
  pushHostile(running.store, 'prod');
  for (const status of [400, 403, 404, 405, 409, 429, 500]) {
    running.faults.clear();
    running.faults.add({ kind: 'status', status, message: hostile, retryAfter: '60' });
    for (const command of ['tags', 'inspect']) {
      const { code, stdout, stderr } = await tallyman([command, `${running.host}/team/app${command === 'tags' ? '' : ':prod'}`]);
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr.replace(/\n$/, '')).not.toMatch(forging);
      expect(stderr.trimEnd()).not.toContain('\n');
      expect(stderr).not.toMatch(/\bat \S+:\d+:\d+|^::/m);
    }
  }
});

/** Every string and every key of a document. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]) : [];
}
