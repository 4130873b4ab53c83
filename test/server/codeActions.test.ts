import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CodeAction, Diagnostic, TextEdit } from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Client, folderWith, uriOf } from './client.ts';
import { ecrCache, prTitle } from './workflows.ts';

const workspace = { workspaceEdit: { documentChanges: true } };
let root: string;
let uri: string;
let client: Client;

beforeEach(() => {
  root = folderWith({ '.github/workflows/build.yml': '' });
  uri = uriOf(join(root, '.github/workflows/build.yml'));
});

afterEach(async () => {
  await client.stop();
  rmSync(root, { recursive: true });
});

async function onlyDiagnostic(): Promise<Diagnostic> {
  const [diagnostic] = await client.diagnostics(uri);
  if (!diagnostic) throw new Error('no diagnostic');
  return diagnostic;
}

/** The edits of an action on the one document, which must name the version it was made for. */
function versionedEdits(action: CodeAction | undefined, version: number): TextEdit[] {
  const [change, ...others] = action?.edit?.documentChanges ?? [];
  expect(others).toEqual([]);
  if (!change || !('edits' in change)) throw new Error('no versioned edit');
  expect(change.textDocument).toEqual({ uri, version });
  return change.edits as TextEdit[];
}

test.each([
  ['cache-image-manifest', ecrCache],
  ['cache-image-manifest', ecrCache.replaceAll('\n', '\r\n')],
  ['pr-input-in-shell', prTitle],
  ['pr-input-in-shell', prTitle.replace('echo "', 'echo "🚢 出荷 ')],
])('the quick fix of %s gives a text where the finding is gone', async (rule, text) => {
  client = await Client.start({ folders: [root], capabilities: { workspace } });
  await client.open(uri, text);
  const diagnostic = await onlyDiagnostic();
  expect(diagnostic.code).toBe(rule);
  const actions = await client.actions(uri, diagnostic.range, ['quickfix']);
  expect(actions.map(({ title }) => title.startsWith('Ignore '))).toEqual([false, true]);
  expect(actions[0]).toMatchObject({ kind: 'quickfix', isPreferred: true, diagnostics: [diagnostic] });
  const fixed = TextDocument.applyEdits(TextDocument.create(uri, 'yaml', 1, text), versionedEdits(actions[0], 1));
  expect(fixed).not.toBe(text);
  await client.change(uri, fixed);
  expect(await client.diagnostics(uri)).toEqual([]);
});

test('a fix is made for the newest text, even before it is analysed', async () => {
  client = await Client.start({ folders: [root], capabilities: { workspace } });
  await client.open(uri, prTitle);
  await client.change(uri, `# a comment\n${prTitle}`);
  const line = { start: { line: 6, character: 20 }, end: { line: 6, character: 20 } };
  const [action] = await client.actions(uri, line);
  expect(versionedEdits(action, 2).every(({ range }) => range.start.line >= 5)).toBe(true);
});

test('a client without versioned edits gets plain changes', async () => {
  client = await Client.start({ folders: [root] });
  await client.open(uri, ecrCache);
  const { range } = await onlyDiagnostic();
  const [action] = await client.actions(uri, range);
  expect(Object.keys(action?.edit?.changes ?? {})).toEqual([uri]);
});

test('nothing is offered away from the finding, for other kinds, or while the YAML is broken', async () => {
  client = await Client.start({ folders: [root] });
  await client.open(uri, ecrCache);
  const { range } = await onlyDiagnostic();
  expect(await client.actions(uri, { start: { line: 0, character: 0 }, end: { line: 0, character: 2 } })).toEqual([]);
  expect(await client.actions(uri, range, ['refactor'])).toEqual([]);
  await client.change(uri, `${ecrCache}  broken: [`);
  expect(await client.actions(uri, range)).toEqual([]);
});

test('a finding can be ignored by a comment, which then asks for a reason', async () => {
  client = await Client.start({ folders: [root], capabilities: { workspace } });
  await client.open(uri, prTitle);
  const { range } = await onlyDiagnostic();
  const ignore = (await client.actions(uri, range)).find(({ title }) => title === 'Ignore pr-input-in-shell here by a comment');
  expect(ignore?.isPreferred).toBe(false);
  const ignored = TextDocument.applyEdits(TextDocument.create(uri, 'yaml', 1, prTitle), versionedEdits(ignore, 1));
  await client.change(uri, ignored);
  expect((await client.diagnostics(uri)).map(({ code }) => code)).toEqual(['ignore-without-reason']);
  await client.change(uri, ignored.replace('ignore[pr-input-in-shell] ', 'ignore[pr-input-in-shell] a reason'));
  expect(await client.diagnostics(uri)).toEqual([]);
});

const many = prTitle.replace('      - run', '      - run: echo "${{ github.head_ref }}"\n      - run');
const resolves = { workspace, textDocument: { codeAction: { resolveSupport: { properties: ['edit'] } } } };

test('all findings of a rule, and all that are safe, can be mended at once', async () => {
  client = await Client.start({ folders: [root], capabilities: resolves });
  const text = `${many}# tallyman: ignore[tag-invalid] it was one once\n`;
  await client.open(uri, text);
  const found = await client.diagnostics(uri);
  expect(found.map(({ code }) => code)).toEqual(['pr-input-in-shell', 'pr-input-in-shell', 'ignore-unused']);
  const actions = await client.actions(uri, (found[0] as Diagnostic).range);
  const ofRule = actions.find(({ title }) => title === 'Fix all 2 findings of pr-input-in-shell in this file');
  const ofAll = actions.find(({ title }) => title === 'Fix all 3 findings with a safe fix in this file');
  expect(ofRule?.edit).toBeUndefined();
  const [rule, all] = await Promise.all([ofRule, ofAll].map(one => client.resolve(one as CodeAction)));
  const apply = (action: CodeAction | undefined) =>
    TextDocument.applyEdits(TextDocument.create(uri, 'yaml', 1, text), versionedEdits(action, 1));
  await client.change(uri, apply(rule));
  expect((await client.diagnostics(uri)).map(({ code }) => code)).toEqual(['ignore-unused']);
  await client.change(uri, apply(all));
  expect(await client.diagnostics(uri)).toEqual([]);
});

test('an editor can mend all that is safe on save', async () => {
  client = await Client.start({ folders: [root], capabilities: { workspace } });
  expect(client.result?.capabilities.codeActionProvider).toMatchObject({ codeActionKinds: ['quickfix', 'source.fixAll.tallyman'] });
  await client.open(uri, many);
  const line = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  for (const kind of ['source.fixAll', 'source.fixAll.tallyman', 'source']) {
    const actions = await client.actions(uri, line, [kind]);
    expect(actions.map(action => action.kind)).toEqual(['source.fixAll.tallyman']);
    // A client that does not ask again has the edit at once.
    const fixed = TextDocument.applyEdits(TextDocument.create(uri, 'yaml', 1, many), versionedEdits(actions[0], 1));
    expect(fixed).not.toContain('echo "${{');
    expect(fixed).toContain('HEAD_REF: ${{ github.head_ref }}');
  }
  expect(await client.actions(uri, line, ['source.organizeImports'])).toEqual([]);
  await client.change(uri, 'on: push\njobs: {}\n');
  expect(await client.actions(uri, line, ['source.fixAll'])).toEqual([]);
});

test('an action that is not ours is given back as it is', async () => {
  client = await Client.start({ folders: [root], capabilities: resolves });
  for (const data of [undefined, 'x', { uri: 1 }, { uri: 'file:///nowhere/.github/workflows/a.yml' }]) {
    expect(await client.resolve({ title: 'x', ...(data !== undefined && { data }) })).not.toHaveProperty('edit');
  }
});

test('where the editor knows snippets, the cursor waits where the reason belongs', async () => {
  const capabilities = { workspace: { workspaceEdit: { documentChanges: true, snippetEditSupport: true } } };
  client = await Client.start({ folders: [root], capabilities });
  await client.open(uri, prTitle);
  const ignore = (await client.actions(uri, (await onlyDiagnostic()).range)).find(({ title }) => title.startsWith('Ignore '));
  expect(ignore?.edit?.documentChanges).toMatchObject([
    { textDocument: { uri, version: 1 }, edits: [{ snippet: { kind: 'snippet', value: ' # tallyman: ignore[pr-input-in-shell] $0' } }] },
  ]);
});
