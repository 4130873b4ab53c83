import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DocumentDiagnosticReport } from 'vscode-languageserver-protocol/node';
import { Client, folderWith, residentBytes, until, uriOf } from './client.ts';
import { ecrCache, prTitle, prTitleRange } from './workflows.ts';

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...[...'bcdefghij'].map((name, at) => `${name}: &${name} [${`*${'abcdefghi'[at]}, `.repeat(9)}]`),
].join('\n');
const workflow = '.github/workflows/build.yml';
let root: string;
let uri: string;
let client: Client;

beforeEach(() => {
  root = folderWith({ [workflow]: prTitle });
  uri = uriOf(join(root, workflow));
});

afterEach(async () => {
  expect(await client.stop()).toBe(0);
  rmSync(root, { recursive: true });
});

describe('a client that is pushed to', () => {
  beforeEach(async () => {
    client = await Client.start({ folders: [root] });
  });

  test('sees a finding with its code, page, source and exact range', async () => {
    await client.open(uri, prTitle);
    const [diagnostic, ...others] = await client.diagnostics(uri);
    expect(others).toEqual([]);
    expect(diagnostic).toMatchObject({
      range: prTitleRange,
      code: 'pr-input-in-shell',
      source: 'tallyman',
      codeDescription: { href: 'https://github.com/tallyman/tallyman/blob/main/docs/rules/pr-input-in-shell.md' },
      relatedInformation: [],
    });
    expect(client.result?.capabilities).not.toHaveProperty('diagnosticProvider');
  });

  test('sees the finding move and go with incremental edits', async () => {
    await client.open(uri, prTitle);
    const top = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    await client.change(uri, '# 🚢 港\r\n', top);
    const [moved] = await client.diagnostics(uri);
    expect(moved?.range.start).toEqual({ line: 6, character: 19 });
    await client.change(uri, 'a number', { start: { line: 6, character: 19 }, end: { line: 6, character: 57 } });
    expect(await client.diagnostics(uri)).toEqual([]);
  });

  test('gets UTF-16 columns on lines with emoji and CJK', async () => {
    const text = prTitle.replace('echo "', 'echo "🚢👩‍💻出荷 ');
    await client.open(uri, text);
    const line = text.split('\n')[5] ?? '';
    const [diagnostic] = await client.diagnostics(uri);
    expect(diagnostic?.range).toEqual({
      start: { line: 5, character: line.indexOf('${{') },
      end: { line: 5, character: line.indexOf('}}') + 2 },
    });
  });

  test('is told once after many quick edits, and the server stays small', async () => {
    await client.open(uri, prTitle);
    await client.diagnostics(uri);
    client.published.length = 0;
    for (let edit = 0; edit < 2000; edit++) {
      await client.change(uri, edit % 2 === 0 ? 'x' : '', {
        start: { line: 0, character: 0 },
        end: { line: 0, character: edit % 2 },
      });
    }
    expect(await client.diagnostics(uri)).toHaveLength(1);
    expect(client.published.length).toBeLessThan(10);
    expect(residentBytes(client.process.pid)).toBeLessThan(250 * 2 ** 20);
  });

  test('keeps what still holds while YAML is half typed', async () => {
    await client.open(uri, prTitle);
    await client.change(uri, 'env: { broken: [\n', { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } });
    const broken = await client.diagnostics(uri);
    expect(broken.map(({ code }) => code)).toContain('invalid-yaml');
    expect(broken.find(({ code }) => code === 'pr-input-in-shell')?.range.start).toEqual({ line: 6, character: 19 });
    await client.change(uri, '', { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } });
    expect((await client.diagnostics(uri)).map(({ code }) => code)).toEqual(['pr-input-in-shell']);
  });

  test('loses its diagnostics when the document is closed or the file deleted', async () => {
    await client.open(uri, prTitle);
    await client.diagnostics(uri);
    await client.close(uri);
    await until(() => client.published.at(-1)?.diagnostics.length === 0, 'empty diagnostics');
    rmSync(join(root, workflow));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 3 }] });
    client.published.length = 0;
    await client.open(uri, ecrCache);
    expect((await client.diagnostics(uri)).map(({ code }) => code)).toEqual(['cache-image-manifest']);
  });

  test('hears nothing of YAML that is no workflow, nor of other languages', async () => {
    const other = uriOf(join(root, 'compose.yml'));
    await client.open(other, prTitle);
    await client.open(uri, prTitle, 'plaintext');
    const second = uriOf(join(root, '.github/workflows/second.yaml'));
    await client.open(second, prTitle, 'github-actions-workflow');
    await client.diagnostics(second);
    expect(new Set(client.published.map(one => one.uri))).toEqual(new Set([second]));
  });

  test.each([
    ['an empty file', ''],
    ['a list', '- a\n- b\n'],
    ['a scalar', 'hello'],
    ['tabs', 'on:\tpush\njobs:\n\tbuild: {}\n'],
    ['NUL bytes', '\u0000\u0001\u0002: ['],
    ['lone surrogates', 'on: push # \ud83d\njobs: {}\n'],
    ['a bomb of aliases', bomb],
    ['deep nesting', '['.repeat(20_000)],
  ])('is answered on %s', async (_, text) => {
    await client.open(uri, text);
    await client.diagnostics(uri);
    expect(client.log).toEqual([]);
  });
});

const pulling = {
  textDocument: { diagnostic: { dynamicRegistration: false } },
  workspace: { diagnostics: { refreshSupport: true } },
};

describe('a client that pulls', () => {
  beforeEach(async () => {
    client = await Client.start({ folders: [root], capabilities: pulling });
  });

  test('gets a report on request and nothing pushed', async () => {
    await client.open(uri, prTitle);
    const report = await client.pull(uri);
    expect(codes(report)).toEqual(['pr-input-in-shell']);
    expect(await client.pull(uri, report.resultId)).toEqual({ kind: 'unchanged', resultId: report.resultId });
    await client.change(uri, 'on: push\n');
    expect(codes(await client.pull(uri, report.resultId))).toEqual([]);
    expect(client.published).toEqual([]);
    expect(client.result?.capabilities.diagnosticProvider).toMatchObject({ interFileDependencies: true, workspaceDiagnostics: true });
  });

  test('is answered once the edits pause, each time for the newest text', async () => {
    await client.open(uri, prTitle);
    const asked = [];
    for (let edit = 0; edit < 50; edit++) {
      await client.change(uri, `${'# comment\n'.repeat(edit)}${prTitle}`);
      asked.push(client.pull(uri));
    }
    const reports = await Promise.all(asked);
    const lines = reports.map(report => (report.kind === 'full' ? report.items[0]?.range.start.line : undefined));
    expect(lines).toEqual(reports.map(() => 49 + 5));
  });

  test('is asked to pull again when a saved file changes', async () => {
    await client.open(uri, prTitle);
    await client.pull(uri);
    const before = client.refreshes;
    const other = uriOf(join(root, '.github/workflows/other.yml'));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: other, type: 1 }] });
    await until(() => client.refreshes > before, 'a refresh');
  });

  test('gets an empty report for a document that is not open', async () => {
    expect(codes(await client.pull(uriOf(join(root, 'nowhere.yml'))))).toEqual([]);
  });
});

/** Diagnostic codes of a full report. */
function codes(report: DocumentDiagnosticReport): unknown[] {
  return report.kind === 'full' ? report.items.map(({ code }) => code) : ['unchanged'];
}
