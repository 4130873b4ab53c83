import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import { fileLedger, type LedgerEntry, LedgerError } from '../../../core/promotion/ledger.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-ledger-'));
  path = join(folder, 'state', 'ledger.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const tag = { host: 'ghcr.io', repository: 'acme/app', tag: 'prod' } as const;

function entry(id: string, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return { version: 1, id, time: '2026-11-21T10:00:00Z', kind: 'promote', state: 'moved', ...tag, to: digestOf(id), ...changes };
}

test('a ledger that is not there has no entries; the first one makes it, for its owner only', async () => {
  const ledger = fileLedger(path);
  expect(await ledger.entries(tag)).toEqual([]);
  await ledger.append(entry('one'));
  expect(await ledger.entries(tag)).toEqual([entry('one')]);
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('each move counts once, in its last state, and other tags are not seen', async () => {
  const ledger = fileLedger(path);
  await ledger.append(entry('one', { state: 'started' }));
  await ledger.append(entry('two', { tag: 'staging' }));
  await ledger.append(entry('three', { host: 'docker.io' }));
  await ledger.append(entry('one'));
  expect(await ledger.entries(tag)).toEqual([entry('one')]);
});

test('a line that a crash has torn costs only itself', async () => {
  const ledger = fileLedger(path);
  await ledger.append(entry('one'));
  await appendFile(path, '{"version":1,"id":"torn","to":"sha2');
  await ledger.append(entry('two'));
  expect((await ledger.entries(tag)).map(({ id }) => id)).toEqual(['one', 'two']);
});

test('lines of another version, of another program or with a made-up digest are passed over', async () => {
  const ledger = fileLedger(path);
  await ledger.append(entry('one'));
  const odd = [{ ...entry('a'), version: 2 }, { ...entry('b'), to: 'sha256:x' }, { ...entry('c'), state: 'dreamt' }, null, 7, 'text', []];
  await appendFile(path, odd.map(line => `${JSON.stringify(line)}\n`).join(''));
  expect((await ledger.entries(tag)).map(({ id }) => id)).toEqual(['one']);
});

test('what cannot be read or written is one sentence', async () => {
  await writeFile(join(folder, 'file'), '');
  const blocked = fileLedger(join(folder, 'file', 'ledger.jsonl'));
  await expect(blocked.append(entry('one'))).rejects.toThrow(/^The ledger .* cannot be written \(/);
  await expect(fileLedger(folder).entries(tag)).rejects.toThrow(LedgerError);
});

test('several processes append at once, and no line is lost or mixed', async () => {
  const program = join(folder, 'writer.cjs');
  const source = `import { fileLedger } from './core/promotion/ledger.ts';
    const ledger = fileLedger(process.argv[2]);
    (async () => { for (let i = 0; i < 50; i++) await ledger.append({ ...JSON.parse(process.argv[4]), id: process.argv[3] + i }); })();`;
  await build({
    stdin: { contents: source, resolveDir: join(import.meta.dirname, '..', '..', '..') },
    bundle: true,
    platform: 'node',
    outfile: program,
    logLevel: 'error',
  });
  const writers = ['a', 'b', 'c', 'd'].map(name => fork(program, [path, name, JSON.stringify(entry('x'))]));
  await Promise.all(writers.map(writer => once(writer, 'exit')));
  expect(await fileLedger(path).entries(tag)).toHaveLength(200);
  // A writer that sees another's line half-way closes it once too often: a blank line, which means nothing.
  const lines = (await readFile(path, 'utf8')).split('\n').filter(line => line !== '');
  expect(new Set(lines.map(line => JSON.parse(line).id)).size).toBe(200);
});
