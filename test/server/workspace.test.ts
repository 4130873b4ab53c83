import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Client, folderWith, uriOf } from './client.ts';
import { ecrCache, prTitle } from './workflows.ts';

const workflow = '.github/workflows/build and push é.yml';
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

const codes = (found: readonly { code?: unknown }[]) => found.map(({ code }) => code);

test('two folders with the same paths do not mix', async () => {
  const one = folder({ [workflow]: prTitle });
  const two = folder({ [workflow]: ecrCache });
  client = await Client.start({ folders: [one, two] });
  await client.open(uriOf(join(one, workflow)), prTitle);
  await client.open(uriOf(join(two, workflow)), ecrCache);
  expect(codes(await client.diagnostics(uriOf(join(one, workflow))))).toEqual(['pr-input-in-shell']);
  expect(codes(await client.diagnostics(uriOf(join(two, workflow))))).toEqual(['cache-image-manifest']);
});

test('a folder can come and go', async () => {
  const one = folder({});
  const two = folder({ [workflow]: prTitle });
  client = await Client.start({ folders: [one], capabilities: { workspace: { workspaceFolders: true } } });
  const name = { uri: uriOf(two), name: 'two' };
  await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [name], removed: [] } });
  await client.open(uriOf(join(two, workflow)), prTitle);
  expect(codes(await client.diagnostics(uriOf(join(two, workflow))))).toEqual(['pr-input-in-shell']);
  await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [name] } });
  await client.change(uriOf(join(two, workflow)), 'on: push\n');
  expect(await client.diagnostics(uriOf(join(two, workflow)))).toEqual([]);
});

test('a file outside every folder, and one that is nowhere on disk, are judged alone', async () => {
  client = await Client.start();
  const nowhere = 'memfs:/repo/.github/workflows/a.yml';
  await client.open(nowhere, prTitle);
  expect(codes(await client.diagnostics(nowhere))).toEqual(['pr-input-in-shell']);
  const windows = 'file:///c%3A/repo/.github/workflows/a.yml';
  await client.open(windows, prTitle);
  expect(codes(await client.diagnostics(windows))).toEqual(['pr-input-in-shell']);
});

test('patterns from the settings add files, and settings may change', async () => {
  const root = folder({ 'ci/build.yml': prTitle });
  const uri = uriOf(join(root, 'ci/build.yml'));
  const capabilities = { workspace: { configuration: true } };
  client = await Client.start({ folders: [root], capabilities, settings: { files: ['ci/**/*.{yml,yaml}'] } });
  await client.open(uri, prTitle);
  expect(codes(await client.diagnostics(uri))).toEqual(['pr-input-in-shell']);
  client.settings = { files: [] };
  client.published.length = 0;
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  expect(await client.diagnostics(uri)).toEqual([]);
});

test('patterns and the choice to leave broken YAML to others come with initialize', async () => {
  const root = folder({});
  const uri = uriOf(join(root, 'pipeline.yml'));
  client = await Client.start({ folders: [root], initializationOptions: { invalidYaml: false, patterns: ['pipeline.yml'] } });
  await client.open(uri, prTitle);
  expect(codes(await client.diagnostics(uri))).toEqual(['pr-input-in-shell']);
  await client.change(uri, `${prTitle}broken: [\n`);
  expect(codes(await client.diagnostics(uri))).toEqual(['pr-input-in-shell']);
});

test('options and settings of a wrong type count as missing', async () => {
  const root = folder({});
  const uri = uriOf(join(root, workflow));
  const capabilities = { workspace: { configuration: true } };
  client = await Client.start({ folders: [root], capabilities, initializationOptions: ['?'], settings: { files: { a: 1 } } });
  await client.open(uri, 'on: [');
  expect(codes(await client.diagnostics(uri))).toEqual(['invalid-yaml']);
});

test('a file of half a megabyte is not analysed and says so', async () => {
  const root = folder({});
  const uri = uriOf(join(root, workflow));
  client = await Client.start({ folders: [root] });
  await client.open(uri, prTitle + '# padding\n'.repeat(60_000));
  expect(codes(await client.diagnostics(uri))).toEqual(['file-too-large']);
});

test('a saved file that changed on disk is read again', async () => {
  const root = folder({ [workflow]: 'on: push\n' });
  const uri = uriOf(join(root, workflow));
  client = await Client.start({ folders: [root] });
  writeFileSync(join(root, workflow), prTitle);
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
  await client.open(uri, prTitle);
  expect(codes(await client.diagnostics(uri))).toEqual(['pr-input-in-shell']);
});

test('the policy is followed as it is typed, saved and taken away, and its mistakes are shown in it', async () => {
  const root = folder({ [workflow]: prTitle, '.github/tallyman.yml': 'rules: { pr-input-in-shell: off }\n' });
  const uri = uriOf(join(root, workflow));
  const policy = uriOf(join(root, '.github/tallyman.yml'));
  client = await Client.start({ folders: [root] });
  await client.open(uri, prTitle);
  expect(await client.diagnostics(uri)).toEqual([]);
  await client.open(policy, 'rules: { pr-input-in-shell: of }\n');
  expect(codes(await client.diagnostics(policy))).toEqual(['policy-invalid']);
  expect(codes(await client.diagnostics(uri))).toEqual(['pr-input-in-shell']);
  await client.change(policy, 'rules: { pr-input-in-shell: hint }\n');
  expect(await client.diagnostics(policy)).toEqual([]);
  expect(await client.diagnostics(uri)).toMatchObject([{ code: 'pr-input-in-shell', severity: 4 }]);
  client.published.length = 0;
  await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: policy } });
  expect(await client.diagnostics(uri)).toEqual([]);
  client.published.length = 0;
  rmSync(join(root, '.github/tallyman.yml'));
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: policy, type: 3 }] });
  expect(codes(await client.diagnostics(uri))).toEqual(['pr-input-in-shell']);
});

test('what only the caller of a reusable workflow brings about points at the caller too', async () => {
  const callee = `on:
  workflow_call:
    outputs: { digest: { value: '\${{ jobs.image.outputs.digest }}' } }
jobs:
  image:
    runs-on: ubuntu-latest
    outputs: { digest: '\${{ steps.build.outputs.digest }}' }
    steps:
      - id: build
        uses: docker/build-push-action@v6
        with: { push: true, tags: 'ghcr.io/acme/app:edge' }
      - run: docker push ghcr.io/acme/app:not/a/tag
`;
  const caller = "on: { push: { branches: [main] } }\njobs:\n  build:\n    uses: './.github/workflows/callee.yml'\n";
  const root = folder({ '.github/workflows/callee.yml': callee, '.github/workflows/caller.yml': caller });
  const uri = uriOf(join(root, '.github/workflows/callee.yml'));
  client = await Client.start({ folders: [root] });
  await client.open(uri, callee);
  const found = await client.diagnostics(uri);
  const callers = (code: string) =>
    found.find(one => one.code === code)?.relatedInformation?.filter(({ location }) => location.uri.endsWith('caller.yml'));
  expect(callers('push-without-immutable-tag')).toMatchObject([
    { location: { range: { start: { line: 3, character: 10 } } }, message: 'This happens in the runs that are started from here.' },
  ]);
  // Whoever calls it, this is no tag.
  expect(callers('tag-invalid')).toEqual([]);
});
