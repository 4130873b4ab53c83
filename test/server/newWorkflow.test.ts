import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type NewWorkflowAnswer, type NewWorkflowParams, newWorkflowRequest } from '../../protocol/index.ts';
import { workspaces } from '../core/generate/workspaces.ts';
import { Client, folderWith, uriOf } from './client.ts';

let root: string;
let client: Client;

beforeEach(async () => {
  root = folderWith(workspaces['GitHub, signed, with a policy'] ?? {});
  client = await Client.start({ folders: [root] });
});

afterEach(async () => {
  await client.stop();
  rmSync(root, { recursive: true });
});

function ask(params: Omit<NewWorkflowParams, 'folder'>): Promise<NewWorkflowAnswer> {
  return client.connection.sendRequest(newWorkflowRequest, { folder: uriOf(root), ...params });
}

test('a workflow is made from the saved files of the folder, and has no findings', async () => {
  const made = await ask({ kind: 'promotion' });
  if (made.status !== 'made') throw new Error(made.about);
  expect(made.path).toBe('.github/workflows/promote-production.yml');
  expect(made.text).toContain('IMAGE: ghcr.io/acme/shop\n');
  const uri = uriOf(join(root, made.path));
  await client.open(uri, made.text);
  expect(await client.diagnostics(uri)).toEqual([]);
});

test('what is open and not saved counts', async () => {
  const text = 'environments:\n  live:\n';
  await client.open(uriOf(join(root, '.github/tallyman.yml')), text);
  expect(await ask({ kind: 'rollback' })).toMatchObject({ path: '.github/workflows/rollback-live.yml' });
});

test('of several images one is asked for, and its answer is taken', async () => {
  await client.stop();
  mkdirSync(join(root, '.github/workflows'), { recursive: true });
  const other = workspaces['Docker Hub, pinned actions']?.['.github/workflows/build.yml'] ?? '';
  writeFileSync(join(root, '.github/workflows/other.yml'), other);
  client = await Client.start({ folders: [root] });
  expect(await ask({ kind: 'preview' })).toEqual({ status: 'question', about: 'image', options: ['acme/shop', 'ghcr.io/acme/shop'] });
  expect(await ask({ kind: 'preview', image: 'acme/shop' })).toMatchObject({ status: 'made' });
});

test.each([{}, { folder: 1, kind: 'promotion' }, { folder: 'file:///', kind: 'miracle' }, null])(
  '%j is answered with an error',
  async params => {
    await expect(client.connection.sendRequest(newWorkflowRequest, params)).rejects.toThrow('takes a folder and a kind');
  },
);
