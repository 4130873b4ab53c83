import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Finding } from '../../core/rules/rule.ts';
import { Analysis } from '../../server/analysis.ts';
import { Folders } from '../../server/folders.ts';
import { heldFindings } from '../../server/held.ts';
import { initialSettings } from '../../server/settings.ts';

const path = '.github/workflows/a.yml';

function finding(start: number, end: number, related: Finding['related'] = []): Finding {
  return { rule: 'deploy-moving-tag', severity: 'warning', message: 'moves', path, span: { start, end }, related };
}

/** Where the text between `«` and `»` of the good text is found in the broken one; `undefined` where it holds no more. */
function held(good: string, now: string): string | undefined {
  const start = good.indexOf('«');
  const end = good.indexOf('»') - 1;
  const [kept] = heldFindings({ text: good.replace(/[«»]/g, ''), findings: [finding(start, end)] }, path, now);
  return kept && now.slice(kept.span.start, kept.span.end);
}

test('what lies before or after the change holds and moves with its text', () => {
  expect(held('a: «one»\nb: two\n', 'a: one\nb: [two\n')).toBe('one');
  expect(held('a: one\nb: «two»\n', 'a: [one, {\nb: two\n')).toBe('two');
  expect(held('a: «same»\na: same\n', 'x: [\na: same\na: same\n')).toBe('same');
});

test('what the change touches holds no more', () => {
  expect(held('a: «app:latest»\n', 'a: app:latest-[\n')).toBeUndefined();
  expect(held('a: «app:latest»\n', 'a: [app:latest\n')).toBeUndefined();
  expect(held('a: «one\nb: two»\n', 'a: one\n[b: two\n')).toBeUndefined();
  expect(held('a: «one»\n', '')).toBeUndefined();
});

test('related places hold like the finding itself, and no fix is kept', () => {
  const related = [
    { path, span: { start: 0, end: 1 }, message: 'here' },
    { path, span: { start: 9, end: 11 }, message: 'changed' },
    { path: 'other.yml', span: { start: 90, end: 91 }, message: 'there' },
  ];
  const fix = { title: 'Fix', safe: true, edits: [] };
  const [kept] = heldFindings({ text: 'abc\ndef\nghij', findings: [{ ...finding(4, 6, related), fix }] }, path, 'abc\ndef\ng[ij');
  expect(kept?.related.map(({ message }) => message)).toEqual(['here', 'there']);
  expect(kept).not.toHaveProperty('fix');
});

test('a file whose analysis fails is reported once, and the others are judged', () => {
  const uris = ['file:///r/.github/workflows/bad.yml', 'file:///r/.github/workflows/good.yml'] as const;
  const documents = new Map(uris.map(uri => [uri as string, TextDocument.create(uri, 'yaml', 1, 'on: push\n')]));
  const reports: string[] = [];
  const settings = { ...initialSettings({}) };
  const analysis = new Analysis(
    { get: uri => documents.get(uri), keys: () => [...uris] },
    new Folders({ tree: () => undefined }),
    settings,
    message => reports.push(message),
    // biome-ignore lint/correctness/useYield: it is done in one step
    function* (_, file) {
      if (file.includes('bad')) throw new Error('out of ink');
      return [finding(0, 2)];
    },
  );
  for (let edit = 0; edit < 3; edit++) {
    analysis.invalidate();
    expect(analysis.of(uris[0])?.findings).toEqual([]);
    expect(analysis.of(uris[1])?.findings).toHaveLength(1);
  }
  expect(reports).toEqual(['Tallyman could not analyse .github/workflows/bad.yml: out of ink']);
});

test('what was found last stands while another file is edited, until the file itself, a setting or a folder is another', () => {
  const [edited, other] = ['file:///r/.github/workflows/edited.yml', 'file:///r/.github/workflows/other.yml'] as const;
  const documents = new Map([edited, other].map(uri => [uri as string, TextDocument.create(uri, 'yaml', 1, 'on: push\n')]));
  const parts = { get: (uri: string) => documents.get(uri), keys: () => [...documents.keys()] };
  const analysis = new Analysis(
    parts,
    new Folders({ tree: () => undefined }),
    initialSettings({}),
    () => undefined,
    // biome-ignore lint/correctness/useYield: it is done in one step
    function* () {
      return [finding(0, 2)];
    },
  );
  const edit = (uri: string, version: number) => {
    documents.set(uri, TextDocument.create(uri, 'yaml', version, `on: push #${version}\n`));
    analysis.changed(uri);
  };
  expect(analysis.last(other)).toBeUndefined();
  const found = analysis.of(other);
  edit(edited, 2);
  expect(analysis.last(other)).toBe(found);
  expect(analysis.last(edited)).toBeUndefined();
  edit(other, 2);
  expect(analysis.last(other)).toBeUndefined();
  expect(analysis.of(other)).not.toBe(found);
  analysis.invalidate();
  expect(analysis.last(other)).toBeUndefined();
});
