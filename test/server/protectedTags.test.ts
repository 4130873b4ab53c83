import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ProtectedTagsAnswer, protectedTagsRequest } from '../../protocol/index.ts';
import { Client, folderWith, uriOf } from './client.ts';

const policy = '.github/tallyman.yml';
let roots: string[];
let client: Client;

beforeEach(async () => {
  roots = [folderWith({ [policy]: 'environments:\n  prod: {}\n' }), folderWith({ 'README.md': '' })];
  client = await Client.start({ folders: roots });
});

afterEach(async () => {
  await client.stop();
  for (const root of roots) rmSync(root, { recursive: true });
});

function ask(...tags: readonly string[]): Promise<ProtectedTagsAnswer> {
  return client.connection.sendRequest(protectedTagsRequest, { repository: 'ghcr.io/acme/shop', tags });
}

test('the policy of one folder is enough; what it does not name is not protected', async () => {
  expect(await ask('prod', 'pr-7')).toEqual([true, false]);
});

test('what is open and not saved counts, and a policy that names nothing says nothing', async () => {
  const uri = uriOf(join(roots[0] ?? '', policy));
  await client.open(uri, 'protected-tags: ["v*"]\n');
  expect(await ask('prod', 'v1.0.0')).toEqual([false, true]);
  await client.change(uri, 'strict: true\n');
  expect(await ask('prod', 'v1.0.0')).toEqual([null, null]);
});

test.each([[undefined], [{}], [{ repository: 'a', tags: [1] }], [{ repository: 1, tags: [] }]])('%j is refused', async params => {
  await expect(client.connection.sendRequest(protectedTagsRequest, params)).rejects.toThrow('takes a repository and tags');
});
