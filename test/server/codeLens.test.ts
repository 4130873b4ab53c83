import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CodeLens } from 'vscode-languageserver-protocol/node';
import type { ImageAnswer } from '../../core/live/answers.ts';
import { Client, folderWith, until, uriOf } from './client.ts';
import { Answering } from './registry.ts';

const capabilities = {
  textDocument: { diagnostic: {}, codeLens: {}, hover: { contentFormat: ['markdown' as const] } },
  workspace: { codeLens: { refreshSupport: true }, diagnostics: { refreshSupport: true } },
};
const readAt = new Date().toISOString();
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000 - 1000).toISOString();
const digest = `sha256:1a2b3c4d5e6f${'0'.repeat(52)}` as const;
const prod: ImageAnswer = {
  status: 'found',
  digest,
  readAt,
  pushedAt: hoursAgo(3),
  platforms: ['linux/amd64', 'linux/arm64'],
  revision: `9f8e7d6${'a'.repeat(33)}`,
  signed: 'signed',
  aliases: ['sha-9f8e7d6'],
};
const workflow = `on: push
jobs:
  promote:
    runs-on: ubuntu-latest
    steps:
      - run: |
          skopeo copy --all docker://ghcr.io/acme/shop:staging docker://ghcr.io/acme/shop:prod
          docker pull docker.io/library/alpine:3.22
          docker pull quay.io/acme/tool:1.2.3
          docker pull quay.io/acme/other:1.2.3
      - run: docker pull ghcr.io/acme/shop:sha-\${{ github.sha }}
`;
let root: string;
let uri: string;
let client: Client;
let answering: Answering;

beforeEach(async () => {
  root = folderWith({ '.github/workflows/promote.yml': '' });
  uri = uriOf(join(root, '.github/workflows/promote.yml'));
  client = await Client.start({ folders: [root], capabilities, initializationOptions: { answersRegistries: true } });
  answering = new Answering(client, {
    'ghcr.io/acme/shop:prod': prod,
    'ghcr.io/acme/shop:staging': { status: 'missing', readAt },
    'docker.io/library/alpine:3.22': { status: 'unknown' },
  });
});

afterEach(async () => {
  await client.stop();
  rmSync(root, { recursive: true });
});

function lenses(): Promise<CodeLens[]> {
  return client.connection.sendRequest('textDocument/codeLens', { textDocument: { uri } });
}

async function titles(): Promise<(string | undefined)[]> {
  return (await lenses()).map(({ command }) => command?.title);
}

test('each reference says what it names now, once the client has answered one batch for the document', async () => {
  await client.open(uri, workflow);
  await until(() => answering.lensRefreshes === 1, 'a request for new lenses');
  expect(await titles()).toEqual(['staging → not there', 'prod → 1a2b3c4d5e6f · 3 h · signed · = sha-9f8e7d6', 'Connect quay.io…']);
  expect(answering.batches).toHaveLength(1);
  expect(answering.batches[0]?.references).toContainEqual({ host: 'ghcr.io', repository: 'acme/shop', tag: 'prod' });
  expect(answering.batches[0]?.tags?.['ghcr.io/acme/shop']).toEqual(['prod']);
});

test('the offer to connect runs the client’s command with the host, once a host', async () => {
  await client.open(uri, workflow);
  await until(() => answering.lensRefreshes === 1, 'a request for new lenses');
  const offers = (await lenses()).filter(({ command }) => command?.command !== '');
  expect(offers.map(({ command, range }) => [range.start.line, command])).toEqual([
    [8, { title: 'Connect quay.io…', command: 'tallyman.connectRegistry', arguments: ['quay.io'] }],
  ]);
});

test('lenses, or only the offers, can be switched off', async () => {
  await client.open(uri, workflow);
  await until(() => answering.lensRefreshes === 1, 'a request for new lenses');
  for (const [choice, count] of [
    ['connected', 2],
    ['off', 0],
    ['all', 3],
  ] as const) {
    const before = answering.lensRefreshes;
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: { tallyman: { lenses: choice } } });
    await until(() => answering.lensRefreshes > before, 'a request for new lenses');
    expect(await lenses()).toHaveLength(count);
  }
});

test('what changed in a registry is asked for anew, and what cannot be reached any more is not shown', async () => {
  await client.open(uri, workflow);
  await until(() => answering.lensRefreshes === 1, 'a request for new lenses');
  answering.images = { ...answering.images, 'ghcr.io/acme/shop:staging': { ...prod, aliases: ['prod'] } };
  await client.connection.sendNotification('tallyman/registryChanged', { host: 'ghcr.io', repository: 'acme/shop' });
  await until(() => answering.lensRefreshes === 2, 'a second request for new lenses');
  expect(answering.batches[1]?.references.map(({ repository }) => repository)).toEqual(['acme/shop', 'acme/shop']);
  expect(await titles()).toContain('staging → 1a2b3c4d5e6f · 3 h · signed · = prod');
  answering.images = { 'ghcr.io/acme/shop:staging': { status: 'unknown' }, 'ghcr.io/acme/shop:prod': { status: 'unknown' } };
  await client.connection.sendNotification('tallyman/registryChanged', {});
  await until(() => answering.lensRefreshes === 3, 'a third request for new lenses');
  expect(await titles()).not.toContain('staging → 1a2b3c4d5e6f · 3 h · signed · = prod');
});

test('an edit asks for nothing that is known, and half a tag is not asked for', async () => {
  await client.open(uri, workflow);
  await until(() => answering.lensRefreshes === 1, 'a request for new lenses');
  const [before = '', after = ''] = workflow.split('quay.io/acme/other:1.2.3');
  for (const tag of ['4', '4.', '4.5', '4.5.6']) await client.change(uri, `${before}ghcr.io/acme/shop:${tag}${after}`);
  await until(() => answering.batches.length === 2, 'a second batch');
  expect(answering.batches[1]?.references).toEqual([{ host: 'ghcr.io', repository: 'acme/shop', tag: '4.5.6' }]);
});

test('a client that answers no such questions is asked none, and is offered no lenses', async () => {
  const other = await Client.start({ folders: [root], capabilities });
  const asked = new Answering(other, {});
  expect(other.result?.capabilities.codeLensProvider).toBeUndefined();
  await other.open(uri, workflow);
  await other.pull(uri);
  await new Promise(resolve => setTimeout(resolve, 300));
  expect(asked.batches).toEqual([]);
  await other.stop();
});

test('a client that answers nonsense, or an error, is taken to know nothing', async () => {
  client.connection.onRequest('tallyman/describeImages', () => ({ images: [{ status: 'found', digest: '<b>' }, null, 7] }));
  await client.open(uri, workflow);
  await until(() => answering.lensRefreshes === 1, 'a request for new lenses');
  expect(await lenses()).toEqual([]);
  client.connection.onRequest('tallyman/describeImages', () => {
    throw new Error('no');
  });
  await client.connection.sendNotification('tallyman/registryChanged', {});
  await new Promise(resolve => setTimeout(resolve, 300));
  expect(await lenses()).toEqual([]);
});

test('registries that never answer hold nothing up', async () => {
  client.connection.onRequest('tallyman/describeImages', () => new Promise(() => undefined));
  await client.open(uri, workflow);
  const first = await client.pull(uri);
  await new Promise(resolve => setTimeout(resolve, 200));
  await client.change(uri, `${workflow}# more\n`);
  const started = Date.now();
  expect((await client.pull(uri)).kind).toBe(first.kind);
  expect(await lenses()).toEqual([]);
  expect(await client.hover(uri, { line: 0, character: 0 })).toBeNull();
  expect(Date.now() - started).toBeLessThan(2000);
});

test('what registries hold against a workflow is a finding like others: shown, rated, ignored, gone when nobody knows', async () => {
  await client.open(uri, workflow);
  await until(() => client.refreshes === 1, 'a request to pull again');
  const live = async () => {
    const report = await client.pull(uri);
    return report.kind === 'full' ? report.items.filter(({ code }) => String(code).startsWith('live-')) : [];
  };
  const [finding, ...others] = await live();
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ code: 'live-tag-missing', severity: 2, range: { start: { line: 6 } } });
  expect(finding?.codeDescription?.href).toMatch(/docs\/rules\/live-tag-missing\.md$/);
  const actions = await client.actions(uri, finding?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } });
  expect(actions.map(({ title }) => title)).toContain('Ignore live-tag-missing here by a comment');
  for (const [settings, severity] of [
    [{ severity: { 'live-tag-missing': 'hint' } }, 4],
    [{ severity: { 'live-tag-missing': 'off' } }, undefined],
    [{ liveFindings: false }, undefined],
    [{}, 2],
  ] as const) {
    const before = client.refreshes;
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: { tallyman: settings } });
    await until(() => client.refreshes > before, 'a request to pull again');
    expect((await live())[0]?.severity).toBe(severity);
  }
  const before = client.refreshes;
  answering.images = { 'ghcr.io/acme/shop:staging': { status: 'unknown' } };
  await client.connection.sendNotification('tallyman/registryChanged', {});
  await until(() => client.refreshes > before, 'a request to pull again');
  expect(await live()).toEqual([]);
});

test('a hover has a table of what is known, and says what a run would make of the rest', async () => {
  await client.open(uri, workflow);
  await until(() => answering.lensRefreshes === 1, 'a request for new lenses');
  const line = workflow.split('\n').findIndex(text => text.includes('skopeo'));
  const at = workflow.split('\n')[line]?.indexOf('shop:prod') ?? 0;
  const { contents } = (await client.hover(uri, { line, character: at + 2 })) as { contents: { value: string } };
  expect(contents.value.split('\n\n')[0]).toBe(
    [
      '| tag | digest | since | platforms | commit | signature | same image |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| **prod** | `1a2b3c4d5e6f` | pushed\u00a03\u00a0hours\u00a0ago | linux\\/amd64\\, linux\\/arm64 | 9f8e7d6 | signed | sha\\-9f8e7d6 |',
    ].join('\n'),
  );
  expect(contents.value).toMatch(/as of \d\d\\:\d\d/);
  const last = workflow.split('\n').findIndex(text => text.includes('sha-'));
  const produced = (await client.hover(uri, { line: last, character: 40 })) as { contents: { value: string } };
  expect(produced.contents.value.split('\n\n')[0]).toBe('A run would read **ghcr\\.io\\/acme\\/shop\\:sha\\-⟨a commit\\, 40 characters⟩**');
});

test('images of one line are told apart, and of more than it has room for the hover tells', async () => {
  const matrix = `on: push
jobs:
  copy:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        tag: [a, b, c, d, e]
    steps:
      - run: crane copy ghcr.io/acme/shop:prod quay.io/acme/shop:prod
      - run: crane copy ghcr.io/acme/shop:prod ghcr.io/acme/web:prod
      - run: docker pull ghcr.io/acme/shop:\${{ matrix.tag }}
      - run: docker push ghcr.io/acme/\${{ vars.NAME }}:\${{ inputs.tag }}
      - run: docker push \${{ vars.IMAGE }}
`;
  const found: ImageAnswer = { status: 'found', digest, readAt, pushedAt: hoursAgo(3), aliases: [] };
  const tags = ['a', 'b', 'c', 'd', 'e'].map(tag => [`ghcr.io/acme/shop:${tag}`, found] as const);
  const others = ['ghcr.io/acme/shop:prod', 'ghcr.io/acme/web:prod', 'quay.io/acme/shop:prod'].map(name => [name, found] as const);
  answering.images = Object.fromEntries([...tags, ...others]);
  await client.open(uri, matrix);
  await until(() => answering.lensRefreshes === 1, 'a request for new lenses');
  const rest = ' → 1a2b3c4d5e6f · 3 h';
  const ofMatrix = [`a${rest}`, `b${rest}`, `c${rest}`, '2 more'];
  expect(await titles()).toEqual([
    `prod (ghcr.io)${rest}`,
    `prod (quay.io)${rest}`,
    `prod (acme/shop)${rest}`,
    `prod (acme/web)${rest}`,
    ...ofMatrix,
  ]);
  const hoverAt = async (line: number, character: number) =>
    ((await client.hover(uri, { line, character })) as { contents: { value: string } } | null)?.contents.value.split('\n\n')[0] ?? '';
  expect((await hoverAt(10, 40)).match(/^\| \*\*[a-e]\*\*/gm)).toHaveLength(5);
  expect(await hoverAt(11, 40)).toBe('A run would produce **ghcr\\.io\\/acme\\/⟨vars\\.NAME⟩\\:⟨inputs\\.tag⟩**');
  expect(await hoverAt(12, 30)).not.toContain('would');
});

test('text from a registry is shown as text', async () => {
  const hostile = 'x](command:tallyman.showRule) <img src=x> | `a` https://evil.example \u202e';
  answering.images = { 'ghcr.io/acme/shop:prod': { ...prod, aliases: [hostile], platforms: [hostile], revision: '[a](b)' } };
  await client.open(uri, workflow);
  await until(() => answering.lensRefreshes === 1, 'a request for new lenses');
  const line = workflow.split('\n').findIndex(text => text.includes('skopeo'));
  const at = workflow.split('\n')[line]?.indexOf('shop:prod') ?? 0;
  const { contents } = (await client.hover(uri, { line, character: at + 2 })) as { contents: { value: string } };
  const row = (contents.value.split('\n')[2] ?? '').replace('`1a2b3c4d5e6f`', '');
  expect(row).not.toMatch(/(?<!\\)[[\](<>`]|https:|\u202e/);
  expect(row.split(/(?<!\\)\|/)).toHaveLength(9);
});
