import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { image, push } from '../core/promotion/team.ts';
import { built } from '../fakes/built.ts';

const [before, after] = [image('before'), image('after')];
let running: RunningRegistry;
let folder: string;
beforeEach(async () => {
  running = await startRegistry();
  push(running.store, 'team/app', before, ['prod']);
  push(running.store, 'team/app', after, ['staging']);
  folder = await mkdtemp(join(tmpdir(), 'tallyman-question-'));
});
afterEach(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});

const prod = () => running.store.open('team/app').tags.get('prod');

/** Runs a promotion in a terminal of its own (`script`, of every Linux) and types `answer` once it asks. */
async function promoteAndAnswer(answer: string): Promise<{ code: number | null; screen: string }> {
  const program = await built('cli');
  const words = [
    process.execPath,
    program,
    'promote',
    `${running.host}/team/app`,
    '--from',
    'staging',
    '--to',
    'prod',
    '--ledger',
    join(folder, 'ledger.jsonl'),
  ];
  const child = spawn('script', ['-qec', words.map(word => `'${word}'`).join(' '), '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1', DOCKER_CONFIG: folder },
  });
  let screen = '';
  let answered = false;
  child.stdout.setEncoding('utf8').on('data', text => {
    screen += text;
    if (answered || !screen.includes('[y/N]')) return;
    answered = true;
    child.stdin.write(answer);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, screen }));
  });
}

describe.runIf(process.platform === 'linux')('the question at a terminal', () => {
  test('says from what to what, and goes ahead at y', async () => {
    const { code, screen } = await promoteAndAnswer('y\r');
    expect(screen).toContain(`Move prod from ${before.digest.slice(7, 19)} to ${after.digest.slice(7, 19)}? [y/N]`);
    expect(code).toBe(0);
    expect(prod()).toBe(after.digest);
  });

  test.each([
    ['n', 'n\r'],
    ['nothing', '\r'],
    ['something else', 'what?\r'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s declines: 1, and nothing is written', async (_name, keys) => {
    const { code, screen } = await promoteAndAnswer(keys);
    expect(code).toBe(1);
    expect(screen).toContain('nothing was written');
    expect(prod()).toBe(before.digest);
    expect(running.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });
});
