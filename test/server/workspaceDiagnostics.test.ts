import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  ProgressType,
  type WorkspaceDiagnosticReport,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver-protocol/node';
import { Client, folderWith, until, uriOf } from './client.ts';
import { ecrCache, prTitle } from './workflows.ts';

const title = '.github/workflows/title é.yml';
const cache = '.github/workflows/cache.yml';
const fine = '.github/workflows/fine.yml';
const clean = 'on: push\njobs: {}\n';
const pulls = { workspace: { configuration: true }, textDocument: { diagnostic: {} } };
let root: string;
let client: Client;

beforeEach(() => {
  root = folderWith({ [title]: prTitle, [cache]: ecrCache, [fine]: clean });
});

afterEach(async () => {
  expect(await client.stop()).toBe(0);
  rmSync(root, { recursive: true });
});

const uri = (path: string) => uriOf(join(root, path));
const had = (reports: readonly WorkspaceDocumentDiagnosticReport[]) =>
  reports.map(({ uri: of, resultId }) => ({ uri: of, value: resultId as string }));
/** What each report says, by file name. */
const said = (reports: readonly WorkspaceDocumentDiagnosticReport[]) =>
  Object.fromEntries(
    reports.map(report => [
      decodeURIComponent(report.uri).split('/').at(-1),
      report.kind === 'full' ? report.items.map(({ code }) => code) : report.kind,
    ]),
  );

async function save(path: string, text: string): Promise<void> {
  writeFileSync(join(root, path), text);
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uri(path), type: 2 }] });
}

/** The findings of all files: an answer ends early where something changes meanwhile, and a client asks again. */
async function everything(): Promise<readonly WorkspaceDocumentDiagnosticReport[]> {
  const latest = new Map<string, WorkspaceDocumentDiagnosticReport>();
  while (latest.size < 3) for (const report of await client.pullAll(had([...latest.values()]))) latest.set(report.uri, report);
  return [...latest.values()];
}

describe('a client that pulls', () => {
  beforeEach(async () => {
    client = await Client.start({ folders: [root], capabilities: pulls, settings: { checkWorkspace: true } });
  });

  test('gets the findings of all files, and later only what is new', async () => {
    const all = await everything();
    expect(said(all)).toEqual({ 'title é.yml': ['pr-input-in-shell'], 'cache.yml': ['cache-image-manifest'], 'fine.yml': [] });
    const next = client.pullAll(had(all));
    await save(fine, prTitle);
    const news = await next;
    expect(said(news)).toEqual({ 'fine.yml': ['pr-input-in-shell'] });
    const last = client.pullAll(had([...all, ...news]));
    rmSync(join(root, cache));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uri(cache), type: 3 }] });
    expect(said(await last)).toEqual({ 'cache.yml': [] });
  });

  test('is answered at once where it asks no more', async () => {
    const all = await everything();
    const source = new CancellationTokenSource();
    const waiting = client.pullAll(had(all), source.token);
    source.cancel();
    await expect(waiting).rejects.toMatchObject({ code: -32800 });
  });

  test('sees an open document through the document’s own findings, and the saved file’s when it is closed', async () => {
    await everything();
    await client.open(uri(title), clean);
    expect(await client.pull(uri(title))).toMatchObject({ items: [] });
    await client.close(uri(title));
    expect(await client.pull(uri(title))).toMatchObject({ items: [{ code: 'pr-input-in-shell' }] });
  });

  test('loses what it was shown when the user wants it no more', async () => {
    const all = await everything();
    const next = client.pullAll(had(all));
    client.settings = { checkWorkspace: false };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    expect(said(await next)).toEqual({ 'title é.yml': [], 'cache.yml': [] });
  });
});

test('many files are reported as they are done, and the user sees how far that is', async () => {
  for (let at = 0; at < 300; at++) writeFileSync(join(root, `.github/workflows/${at}.yml`), clean);
  const capabilities = { ...pulls, window: { workDoneProgress: true } };
  client = await Client.start({ folders: [root], capabilities, settings: { checkWorkspace: true } });
  const begun: string[] = [];
  const steps: { kind: string; percentage?: number }[] = [];
  const parts: WorkspaceDocumentDiagnosticReport[] = [];
  client.connection.onRequest('window/workDoneProgress/create', ({ token }: { token: string }) => {
    begun.push(token);
    client.connection.onProgress(new ProgressType<{ kind: string; percentage?: number }>(), token, step => void steps.push(step));
    return null;
  });
  client.connection.onProgress(new ProgressType<WorkspaceDiagnosticReport>(), 'parts', ({ items }) => void parts.push(...items));
  const answer = await client.connection.sendRequest<WorkspaceDiagnosticReport>('workspace/diagnostic', {
    previousResultIds: [],
    partialResultToken: 'parts',
  });
  expect(answer.items).toEqual([]);
  expect(parts).toHaveLength(303);
  await until(() => steps.at(-1)?.kind === 'end', 'an end of the progress');
  expect(begun).toHaveLength(1);
  expect(steps[0]).toMatchObject({ kind: 'begin', title: 'Checking workflows' });
  const percentages = steps.flatMap(({ percentage }) => percentage ?? []);
  expect(percentages).toEqual([...percentages].sort((a, b) => a - b));
  expect(percentages.at(-1)).toBe(100);
});

describe('a client that is pushed to', () => {
  const shown = (path: string) => client.published.findLast(one => one.uri === uri(path))?.diagnostics.map(({ code }) => code);

  test('is told of files with findings, open or not, and of their end', async () => {
    client = await Client.start({
      folders: [root],
      capabilities: { workspace: { configuration: true } },
      settings: { checkWorkspace: true },
    });
    await until(() => shown(cache)?.[0] === 'cache-image-manifest', 'a finding in a file that is not open');
    await until(() => shown(title)?.[0] === 'pr-input-in-shell', 'a finding in another');
    await save(cache, clean);
    await until(() => shown(cache)?.length === 0, 'an end of the finding');
    await client.open(uri(title), clean);
    await until(() => shown(title)?.length === 0, 'the open text’s findings');
    await client.close(uri(title));
    await until(() => shown(title)?.[0] === 'pr-input-in-shell', 'the saved file’s findings');
    expect(shown(fine)).toBeUndefined();
  });

  test('is told of open documents only, unless the user wants more', async () => {
    client = await Client.start({ folders: [root], capabilities: { workspace: { configuration: true } }, settings: {} });
    await client.open(uri(cache), ecrCache);
    await client.diagnostics(uri(cache));
    expect(shown(title)).toBeUndefined();
  });
});

test('severities are shown as the user wants them; what is no severity counts as missing', async () => {
  const capabilities = { workspace: { configuration: true } };
  const severity = { 'cache-image-manifest': 'error', 'pr-input-in-shell': 'off', 'no-such-rule': 'hint', 'tag-invalid': 7 };
  client = await Client.start({ folders: [root], capabilities, settings: { severity } });
  await client.open(uri(cache), ecrCache);
  await until(() => client.published.some(({ diagnostics }) => diagnostics[0]?.severity === 1), 'the severity');
  await client.open(uri(title), prTitle);
  expect(await client.diagnostics(uri(title))).toEqual([]);
  client.published.length = 0;
  client.settings = { severity: 'error' };
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  await until(() => client.published.some(({ diagnostics }) => diagnostics[0]?.severity === 2), 'the rule’s own severity');
});
