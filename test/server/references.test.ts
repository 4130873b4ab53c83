import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CompletionList, DocumentLink, InlayHint, Location } from 'vscode-languageserver-protocol/node';
import type { ImageName } from '../../core/live/answers.ts';
import { Client, folderWith, until, uriOf } from './client.ts';
import { Answering } from './registry.ts';

const build = `on:
  push:
    branches: [main]
env:
  IMAGE: ghcr.io/acme/shop
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: |
            \${{ env.IMAGE }}:sha-\${{ github.sha }}
            \${{ env.IMAGE }}:staging
`;
const deploy = `on: workflow_dispatch
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: kubectl set image deployment/web web=ghcr.io/acme/shop:staging
      - run: docker pull ghcr.io/acme/shop:
`;
const digest = `sha256:1a2b3c4d5e6f${'0'.repeat(52)}`;
const capabilities = { workspace: { codeLens: { refreshSupport: true }, inlayHint: { refreshSupport: true } } };
let root: string;
let client: Client;
let answering: Answering;
const uriAt = (name: string) => uriOf(join(root, '.github/workflows', name));

beforeEach(async () => {
  root = folderWith({ '.github/workflows/build.yml': build, '.github/workflows/deploy.yml': deploy });
  client = await Client.start({ folders: [root], capabilities, initializationOptions: { answersRegistries: true } });
  answering = new Answering(client, {
    'ghcr.io/acme/shop:staging': { status: 'found', digest: digest as `sha256:${string}`, readAt: '2026-11-21T12:00:00Z', aliases: [] },
  });
  await client.open(uriAt('deploy.yml'), deploy);
});

afterEach(async () => {
  await client.stop();
  rmSync(root, { recursive: true });
});

function ask<T>(method: string, name: string, more: object): Promise<T> {
  return client.connection.sendRequest(method, { textDocument: { uri: uriAt(name) }, ...more });
}

/** The text of each place. */
function texts(locations: readonly Location[]): readonly string[] {
  return locations.map(({ uri, range }) => {
    const text = (uri.endsWith('build.yml') ? build : deploy).split('\n')[range.start.line] ?? '';
    return `${uri.split('/').at(-1)}:${range.start.line + 1} ${text.slice(range.start.character, range.end.character)}`;
  });
}

const onStaging = { position: { line: 5, character: 70 } };

test('a tag leads to where the workspace pushes it, and only there', async () => {
  expect(texts(await ask('textDocument/definition', 'deploy.yml', onStaging))).toEqual(['build.yml:15 $' + '{{ env.IMAGE }}:staging']);
  expect(await ask('textDocument/definition', 'deploy.yml', { position: { line: 0, character: 1 } })).toEqual([]);
});

test('a tag that is pushed leads to those who read it, with those who push it where that is asked for', async () => {
  await client.open(uriAt('build.yml'), build);
  const at = { position: { line: 14, character: 30 } };
  const readers = ['deploy.yml:6 ghcr.io/acme/shop:staging'];
  expect(texts(await ask('textDocument/references', 'build.yml', { ...at, context: { includeDeclaration: false } }))).toEqual(readers);
  const all = texts(await ask('textDocument/references', 'build.yml', { ...at, context: { includeDeclaration: true } }));
  expect(all).toEqual(['build.yml:15 $' + '{{ env.IMAGE }}:staging', ...readers]);
});

test('digests stand behind references for those who want that', async () => {
  const all = { range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } } };
  await until(() => answering.hintRefreshes > 0, 'a request for new hints');
  expect(await ask('textDocument/inlayHint', 'deploy.yml', all)).toEqual([]);
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: { tallyman: { inlayDigests: true } } });
  await until(() => answering.hintRefreshes > 1, 'a second request for new hints');
  const [hint, ...others] = await ask<InlayHint[]>('textDocument/inlayHint', 'deploy.yml', all);
  expect(others).toEqual([]);
  expect(hint).toMatchObject({ label: '1a2b3c4d5e6f', tooltip: digest, position: { line: 5, character: deploy.split('\n')[5]?.length } });
});

test('names lead to the registry’s page, where it has one, and nowhere else', async () => {
  const asked: ImageName[][] = [];
  let page: unknown = 'https://github.com/acme/shop/pkgs/container/shop';
  client.connection.onRequest('tallyman/webPages', ({ references }: { references: ImageName[] }) => {
    asked.push(references);
    return { pages: references.map(() => page) };
  });
  const [link] = await ask<DocumentLink[]>('textDocument/documentLink', 'deploy.yml', {});
  expect(link?.target).toBe('https://github.com/acme/shop/pkgs/container/shop');
  expect(
    texts([{ uri: uriAt('deploy.yml'), range: link?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } }]),
  ).toEqual(['deploy.yml:6 ghcr.io/acme/shop']);
  expect(asked).toHaveLength(1);
  for (const bad of [null, 'command:tallyman.promote', 'javascript:alert(1)', 7]) {
    page = bad;
    expect(await ask('textDocument/documentLink', 'deploy.yml', {})).toEqual([]);
  }
});

test('tags and repositories of connected registries are offered where one is being written', async () => {
  client.connection.onRequest('tallyman/listTags', ({ repository }: { repository: string }) => ({
    complete: true,
    tags: repository === 'acme/shop' ? [{ tag: 'prod', digest, pushedAt: '2026-11-01T00:00:00Z' }, { tag: 'staging' }] : [],
  }));
  client.connection.onRequest('tallyman/listRepositories', () => ({ hosts: ['ghcr.io'], repositories: ['ghcr.io/acme/web'] }));
  const end = deploy.split('\n')[6]?.length ?? 0;
  const tags = await ask<CompletionList>('textDocument/completion', 'deploy.yml', { position: { line: 6, character: end } });
  expect(tags.items.map(({ label }) => label)).toEqual(['prod', 'staging']);
  expect(tags.items[0]?.detail).toMatch(/^1a2b3c4d5e6f · /);
  expect(tags.items[0]?.textEdit).toMatchObject({
    newText: 'prod',
    range: { start: { line: 6, character: end }, end: { line: 6, character: end } },
  });
  const names = await ask<CompletionList>('textDocument/completion', 'deploy.yml', { position: { line: 6, character: end - 18 } });
  expect(names.items.map(({ label }) => label)).toEqual(['ghcr.io/acme/shop', 'ghcr.io/acme/web', 'ghcr.io']);
  const policy = uriOf(join(root, '.github/tallyman.yml'));
  await client.open(policy, 'environments:\n  prod:\n    tag: s');
  const inPolicy = await client.connection.sendRequest<CompletionList>('textDocument/completion', {
    textDocument: { uri: policy },
    position: { line: 2, character: 10 },
  });
  expect(inPolicy.items.map(({ label }) => label)).toEqual(['prod', 'staging']);
});

test('where a list fails, the workspace’s own tags are offered, and no error', async () => {
  client.connection.onRequest('tallyman/listTags', () => {
    throw new Error('offline');
  });
  const position = { line: 6, character: deploy.split('\n')[6]?.length ?? 0 };
  const { items } = await ask<CompletionList>('textDocument/completion', 'deploy.yml', { position });
  expect(items.map(({ label }) => label)).toEqual(['staging']);
});

test('of more tags than a list has room for those are offered that have what is typed, and more with the next key', async () => {
  const all = Array.from({ length: 900 }, (_, index) => ({ tag: `1.${index}.0` }));
  client.connection.onRequest('tallyman/listTags', () => ({ complete: true, tags: all }));
  const at = async (typed: string) => {
    await client.change(uriAt('deploy.yml'), deploy.replace(/shop:\n$/, `shop:${typed}\n`));
    const position = { line: 6, character: (deploy.split('\n')[6]?.length ?? 0) + typed.length };
    return ask<CompletionList>('textDocument/completion', 'deploy.yml', { position });
  };
  const first = await at('');
  expect([first.items.length, first.isIncomplete]).toEqual([500, true]);
  expect((await at('1.7.0')).items.map(({ label }) => label)).toEqual(['1.7.0']);
});

test('a tag leads to its writers in another folder of the workspace, where the name is surely the same', async () => {
  const own = deploy.replaceAll('ghcr.io/acme/shop', 'ghcr.io/$' + '{{ github.repository }}');
  const other = folderWith({ '.github/workflows/deploy.yml': deploy, '.github/workflows/own.yml': own });
  const deploying = await Client.start({ folders: [root, other], capabilities });
  const writers = async (name: string, text: string) => {
    const uri = uriOf(join(other, '.github/workflows', name));
    await deploying.open(uri, text);
    const line = text.split('\n').findIndex(each => each.includes(':staging'));
    const position = { line, character: (text.split('\n')[line] ?? '').indexOf('ghcr.io') + 3 };
    return (await deploying.connection.sendRequest('textDocument/definition', { textDocument: { uri }, position })) as Location[];
  };
  expect((await writers('deploy.yml', deploy)).map(({ uri }) => uri)).toEqual([uriAt('build.yml')]);
  expect(await writers('own.yml', own)).toEqual([]);
  await deploying.stop();
  rmSync(other, { recursive: true });
});
