import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TagRolesAnswer, type TagUsesAnswer, tagRolesRequest, tagUsesRequest } from '../../protocol/tags.ts';
import { Client, folderWith } from './client.ts';

const build = `on:
  push: { branches: [main] }
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: |
            ghcr.io/acme/shop:latest
            ghcr.io/acme/shop:sha-\${{ github.sha }}
`;
const release = `on: workflow_dispatch
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - run: |
          crane tag ghcr.io/acme/shop:latest prod
          kubectl set image deployment/shop shop=ghcr.io/acme/shop:prod
`;
const policy = `environments:
  production:
    tag: prod
    aliases: [live]
    repositories: [ghcr.io/acme/shop]
protected-tags: ['v*']
`;

let root: string;
let client: Client;

beforeEach(async () => {
  root = folderWith({ '.github/workflows/build.yml': build, '.github/workflows/release.yml': release, '.github/tallyman.yml': policy });
  client = await Client.start({ folders: [root] });
});

afterEach(async () => {
  await client.stop();
  rmSync(root, { recursive: true });
});

async function uses(tag: string): Promise<readonly string[]> {
  const asked = { host: 'ghcr.io', repository: 'acme/shop', tag };
  const answer: TagUsesAnswer = await client.connection.sendRequest(tagUsesRequest, asked);
  return answer.uses.map(({ does, words, path, line }) => `${does}: ${words}, ${path}:${line + 1}`);
}

test('says who writes and who reads a tag, and where', async () => {
  expect(await uses('latest')).toEqual(['writes: built by job image, .github/workflows/build.yml:11']);
  expect(await uses('prod')).toEqual([
    'writes: moved by job release, .github/workflows/release.yml:7',
    'reads: deployed by job release, .github/workflows/release.yml:8',
  ]);
});

test('says perhaps where a run decides it', async () => {
  expect(await uses(`sha-${'a'.repeat(40)}`)).toEqual(['writes: perhaps built by job image, .github/workflows/build.yml:12']);
  expect(await uses('v1.0.0')).toEqual([]);
});

test('says what the policy makes of a repository’s tags', async () => {
  const asked = { host: 'ghcr.io', repository: 'acme/shop', tags: ['v1.0.0', 'main', 'prod'] };
  const answer: TagRolesAnswer = await client.connection.sendRequest(tagRolesRequest, asked);
  expect(answer.environments).toEqual([{ name: 'production', tag: 'prod', aliases: ['live'] }]);
  expect(answer.tags).toEqual({ 'v1.0.0': 'protected', prod: 'protected' });
});

test.each([undefined, {}, { host: 7 }, { host: 'ghcr.io', repository: '../x', tag: 'a' }])('%j is no question', async params => {
  expect(await client.connection.sendRequest(tagUsesRequest, params)).toEqual({ uses: [] });
  expect(await client.connection.sendRequest(tagRolesRequest, params)).toEqual({ environments: [], tags: {} });
});
