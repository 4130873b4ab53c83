import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workspaces } from '../core/generate/workspaces.ts';
import { tallyman } from './cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-new-'));
  await give(workspaces['GitHub, signed, with a policy'] ?? {});
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function give(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const path = join('.github', 'workflows', 'promote-production.yml');

test('a workflow is written, and check finds nothing in it', async () => {
  const { code, stdout, stderr } = await tallyman(['new', 'promotion'], { cwd: folder });
  expect([code, stdout]).toEqual([0, `${path}\n`]);
  expect(stderr).toContain('The environment production can ask reviewers');
  expect((await tallyman(['new', 'rollback'], { cwd: folder })).code).toBe(0);
  const checked = await tallyman(['check', '--min-severity', 'hint', '--fail-on', 'hint', path], { cwd: folder });
  expect([checked.code, checked.stdout]).toEqual([0, '1 file checked: no findings.\n']);
});

test('nothing is written over', async () => {
  await give({ [path]: 'mine' });
  const { code, stderr } = await tallyman(['new', 'promotion'], { cwd: folder });
  expect([code, stderr]).toEqual([2, `${path} is there already. --print shows what it would be.\n`]);
  expect(await readFile(join(folder, path), 'utf8')).toBe('mine');
});

test('--print writes no file', async () => {
  const { code, stdout } = await tallyman(['new', 'promotion', '--print', '--environment', 'staging'], { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toContain('name: Promote to staging\n');
  await expect(readFile(join(folder, path))).rejects.toThrow();
});

test('of several images one has to be named', async () => {
  await give({ '.github/workflows/other.yml': workspaces['Docker Hub, pinned actions']?.['.github/workflows/build.yml'] ?? '' });
  const asked = await tallyman(['new', 'promotion'], { cwd: folder });
  expect([asked.code, asked.stderr]).toEqual([2, 'The workflows here push acme/shop, ghcr.io/acme/shop. --image names one.\n']);
  const wrong = await tallyman(['new', 'promotion', '--image', 'acme/other'], { cwd: folder });
  expect([wrong.code, wrong.stderr]).toEqual([2, 'No workflow here pushes acme/other. There are: acme/shop, ghcr.io/acme/shop.\n']);
  expect((await tallyman(['new', 'promotion', '--image', 'acme/shop', '--print'], { cwd: folder })).code).toBe(0);
});

test('a kind that does not exist is a mistake of use', async () => {
  const { code, stderr } = await tallyman(['new', 'miracle'], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toContain('promotion, rollback, preview, cache');
});
