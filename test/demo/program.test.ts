import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRegistry } from '../../demo/registry/registry.ts';
import { bundler } from '../fakes/built.ts';
import { tagsOf } from '../fakes/conformance/raw.ts';

const repository = join(import.meta.dirname, '..', '..');

let program: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-demo-'));
  // Not in the temporary folder: the program looks for demo/workspace above itself.
  program = join(repository, '.tsbuild', `demo-${process.pid}`, 'demo.js');
  const { bundle, bundles } = await bundler();
  const demo = bundles.find(({ entry }) => entry === 'demo/main.ts');
  if (!demo) throw new Error('esbuild.mjs has no bundle of demo/main.ts');
  await bundle({ ...demo, out: program });
});
afterAll(() => {
  rmSync(join(program, '..'), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** The program with what it said so far; `cwd` is elsewhere on purpose. */
function start(...args: string[]): { child: ChildProcessWithoutNullStreams; said: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      text += String(chunk);
    });
  }
  return { child, said: () => text, ended: new Promise(resolve => child.once('close', resolve)) };
}

test('it prints where it is, serves the images, and Ctrl-C ends it', async () => {
  const { child, said, ended } = start('--port', '0', '--folder', join(folder, 'shop'));
  await expect.poll(said, { timeout: 10_000 }).toContain('Ctrl-C ends it.');
  const url = /^Registry: (http:\/\/127\.0\.0\.1:\d+)$/m.exec(said())?.[1] ?? '';
  expect(await tagsOf(url, 'acme/shop-api')).toContain('prod');
  expect(said()).toContain(`Workspace: ${join(folder, 'shop')}\n`);
  expect(existsSync(join(folder, 'shop', '.github', 'workflows', 'build.yml'))).toBe(true);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

test('a taken port is one sentence that says what to do', async () => {
  const other = await startRegistry();
  const { said, ended } = start('--port', String(other.port), '--folder', join(folder, 'taken'));
  expect(await ended).toBe(1);
  expect(said()).toBe(`Port ${other.port} is in use by another program. Choose another one with --port.\n`);
  await other.stop();
});

test.for([
  [['--port', 'seventy'], '--port takes a number from 0 to 65535, not "seventy".'],
  [['--port', '70000'], '--port takes a number from 0 to 65535, not "70000".'],
  [['--color'], "Unknown option '--color'"],
] as const)('%j is a usage error', async ([args, sentence]) => {
  const { said, ended } = start(...args);
  expect(await ended).toBe(2);
  expect(said()).toContain(sentence);
  expect(said()).not.toContain('    at ');
});

test('--help says how it is used', async () => {
  const { said, ended } = start('--help');
  expect(await ended).toBe(0);
  expect(said()).toMatch(/^Usage: node dist\/demo\.js/);
});
