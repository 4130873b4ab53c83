import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Client, folderWith, until, uriOf } from './client.ts';

const workflow = '.github/workflows/deploy.yml';
const deploys = `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: image
        run: ./scripts/image.sh
      - run: kubectl set image deployment/web web=\${{ steps.image.outputs.name }}
`;
const script = (tag: string) => `#!/bin/sh\necho "name=ghcr.io/acme/web:${tag}" >> "$GITHUB_OUTPUT"\n`;

const roots: string[] = [];
let client: Client;

afterEach(async () => {
  await client.stop();
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function folder(files: Readonly<Record<string, string>>): string {
  const root = folderWith(files);
  roots.push(root);
  return root;
}

const codes = (found: readonly { code?: unknown }[]) => found.map(({ code }) => code).filter(code => code === 'deploy-moving-tag');

test('a script that a step runs is read, and read again when it changes or goes', async () => {
  const root = folder({ [workflow]: deploys, 'scripts/image.sh': script('latest') });
  const uri = uriOf(join(root, workflow));
  client = await Client.start({
    folders: [root],
    capabilities: { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } },
  });
  await client.open(uri, deploys);
  const pulled = async () => {
    const report = await client.pull(uri);
    return report.kind === 'full' ? report.items : [];
  };
  const [finding] = (await pulled()).filter(({ code }) => code === 'deploy-moving-tag');
  expect(finding?.relatedInformation?.map(({ location }) => location.uri)).toContain(uriOf(join(root, 'scripts/image.sh')));

  const changed = async (type: 1 | 2 | 3) => {
    const before = client.refreshes;
    const changes = [{ uri: uriOf(join(root, 'scripts/image.sh')), type }];
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await until(() => client.refreshes > before, 'a refresh');
  };
  writeFileSync(join(root, 'scripts/image.sh'), script('1.2.3'));
  await changed(2);
  expect(codes(await pulled())).toEqual([]);
  writeFileSync(join(root, 'scripts/image.sh'), script('latest'));
  await changed(2);
  expect(codes(await pulled())).toEqual(['deploy-moving-tag']);
  rmSync(join(root, 'scripts/image.sh'));
  await changed(3);
  expect(codes(await pulled())).toEqual([]);
});

test('a checkout that the policy names is read where the client has it as a folder, and nowhere else', async () => {
  const action = 'runs:\n  using: composite\n  steps: []\noutputs:\n  name: { value: "ghcr.io/acme/web:latest" }\n';
  const parent = folder({ 'ci/image/action.yml': action, 'app/.github/tallyman.yml': 'checkouts: { acme/ci: ../ci }\n' });
  const text = deploys.replace('run: ./scripts/image.sh', 'uses: acme/ci/image@v1');
  const app = join(parent, 'app');
  const uri = uriOf(join(app, workflow));
  client = await Client.start({ folders: [app] });
  await client.open(uri, text);
  expect(codes(await client.diagnostics(uri))).toEqual([]);
  await client.stop();
  client = await Client.start({ folders: [app, join(parent, 'ci')] });
  await client.open(uri, text);
  expect(codes(await client.diagnostics(uri))).toEqual(['deploy-moving-tag']);
});

const called = `on:
  workflow_call:
    outputs: { name: { value: "\${{ jobs.tell.outputs.name }}" } }
jobs:
  tell:
    runs-on: ubuntu-latest
    outputs: { name: "\${{ steps.name.outputs.name }}" }
    steps:
      - id: name
        run: echo "name=ghcr.io/acme/web:TAG" >> "$GITHUB_OUTPUT"
`;
const calls = `on: push
jobs:
  name:
    uses: Acme/CI/.github/workflows/name.yml@v1
  deploy:
    needs: name
    runs-on: ubuntu-latest
    steps:
      - run: kubectl set image deployment/web web=\${{ needs.name.outputs.name }}
`;

test('a workflow of another repository is read from the folder that is a checkout of it', async () => {
  const config = (url: string) => `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n`;
  const parent = folder({
    'app/.git/config': config('https://github.com/acme/app.git'),
    'elsewhere/ci/.git/config': config('git@github.com:acme/ci.git'),
    'elsewhere/ci/.github/workflows/name.yml': called.replace('TAG', 'latest'),
  });
  const app = join(parent, 'app');
  const ci = join(parent, 'elsewhere/ci');
  const uri = uriOf(join(app, workflow));
  client = await Client.start({ folders: [app], capabilities: { workspace: { workspaceFolders: true } } });
  await client.open(uri, calls);
  expect(codes(await client.diagnostics(uri))).toEqual([]);

  const event = { added: [{ uri: uriOf(ci), name: 'ci' }], removed: [] };
  await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event });
  const last = () => codes(client.published.findLast(published => published.uri === uri)?.diagnostics ?? []);
  await until(() => last().length === 1, 'the finding');

  const name = join(ci, '.github/workflows/name.yml');
  writeFileSync(name, called.replace('TAG', '1.2.3'));
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf(name), type: 2 }] });
  await until(() => last().length === 0, 'no finding');
  await client.stop();

  writeFileSync(name, called.replace('TAG', 'latest'));
  client = await Client.start({ folders: [app, ci] });
  await client.open(uri, calls);
  expect(codes(await client.diagnostics(uri))).toEqual(['deploy-moving-tag']);
});
