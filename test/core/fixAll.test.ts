import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyFixes } from '../../core/fix.ts';
import { lintFile } from '../../core/lint.ts';
import { isHeld } from '../../core/workspace/paths.ts';
import { Workspace } from '../../core/workspace/workspace.ts';
import { corpusFolder } from './corpus.ts';

const fixtures = join(import.meta.dirname, '..', 'rules');

/** Real repositories that are looked at, spread over all there are: each takes a moment. */
const sample = 60;

/** The workspace of a folder, or of one workflow. */
function workspaceOf(path: string): Workspace {
  const workspace = new Workspace();
  const files = statSync(path).isDirectory()
    ? globSync(['**/*', '**/.{github,gitea,forgejo}/**/*'], { cwd: path }).filter(file => statSync(join(path, file)).isFile())
    : [];
  for (const file of files) {
    const text = readFileSync(join(path, file), 'utf8');
    if (isHeld(file)) workspace.set(file, text);
    else workspace.setOther(file, text);
  }
  if (files.length === 0) workspace.set('.github/workflows/a.yml', readFileSync(path, 'utf8'));
  return workspace;
}

/** Fixing comes to rest, leaves nothing worse, and would change nothing a second time. */
function comesToRest(workspace: Workspace, suggestions: boolean): void {
  const paths = workspace.paths();
  const found = () => paths.flatMap(path => lintFile(workspace, path));
  const texts = () => paths.map(path => workspace.text(path));
  const before = found();
  const applied = applyFixes(workspace, paths, { suggestions });
  const after = found();
  const text = texts();
  expect(after.length).toBeLessThanOrEqual(before.length - Math.min(applied, 1));
  expect(after.filter(({ rule }) => rule === 'invalid-yaml')).toEqual(before.filter(({ rule }) => rule === 'invalid-yaml'));
  expect(applyFixes(workspace, paths, { suggestions })).toBe(0);
  expect(texts()).toEqual(text);
}

describe.each([
  ['safe fixes', false],
  ['all fixes', true],
])('%s come to rest and are idempotent', (_, suggestions) => {
  const all = globSync('*/{fire,silent}/*', { cwd: fixtures }).filter(
    path => !/\.(?:fixed\.yml|out)$/.test(path) && existsSync(join(fixtures, path)),
  );
  const rules = [...new Set(all.map(path => path.split('/')[0] as string))];

  test.each(rules)('in the fixtures of %s', rule => {
    for (const path of all.filter(one => one.startsWith(`${rule}/`))) comesToRest(workspaceOf(join(fixtures, path)), suggestions);
  });

  test.runIf(corpusFolder())('in real repositories', () => {
    const folder = corpusFolder() as string;
    const repositories = [...new Set(globSync('**/.github/workflows', { cwd: folder }).map(path => join(folder, path, '..', '..')))].sort();
    const step = Math.max(1, Math.floor(repositories.length / sample));
    for (const path of repositories.filter((_one, index) => index % step === 0)) comesToRest(workspaceOf(path), suggestions);
  });
});
