import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { Progress } from '../../cli/progress.ts';
import { built } from '../fakes/built.ts';
import { folderWith } from '../server/client.ts';
import { prTitle } from '../server/workflows.ts';

/** What a run of 100 ms steps leaves on its stream. */
async function shown(isTTY: boolean): Promise<readonly string[]> {
  const written: string[] = [];
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  const progress = new Progress(8, { isTTY, write: (text: string) => written.push(text) > 0 });
  for (let step = 1; step <= 8; step++) {
    now.mockReturnValue(step * 100);
    progress.advance();
    await progress.breathe();
  }
  progress.clear();
  now.mockRestore();
  return written;
}

test('a long run at a terminal shows how far it is, on one line that goes away', async () => {
  const clear = '\r\u001b[2K';
  expect(await shown(true)).toEqual([5, 6, 7, 8].map(done => `${clear}Checking: ${done} of 8 files`).concat(clear));
});

test('a log has no progress', async () => {
  expect(await shown(false)).toEqual([]);
});

test.skipIf(process.platform === 'win32').each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a run with the code that a shell expects, and with no half of a document', async (signal, code) => {
  const root = folderWith({ '.github/workflows/a.yml': prTitle });
  const pipe = join(root, 'pipe.yml');
  execFileSync('mkfifo', [pipe]);
  const child = spawn(process.execPath, [await built('cli'), 'check', '.', pipe], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  // It waits for the pipe once somebody can be written to there.
  let writer: number | undefined;
  for (; writer === undefined; await after(20)) {
    try {
      writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {}
  }
  child.kill(signal);
  const exited = once(child, 'exit');
  // Node waits for what it reads from a pipe even while it exits.
  await after(1000);
  closeSync(writer);
  const [left] = (await exited) as [number | null];
  expect({ left, output }).toEqual({ left: code, output: '' });
  rmSync(root, { recursive: true });
});
