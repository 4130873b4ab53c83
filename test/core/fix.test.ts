import { expect, test } from 'vitest';
import { applyFixes } from '../../core/fix.ts';
import { lintFile } from '../../core/lint.ts';
import { Workspace } from '../../core/workspace/workspace.ts';
import { ecrCache, prTitle } from '../server/workflows.ts';

const path = '.github/workflows/a.yml';
const other = '.github/workflows/b.yml';

function workspaceWith(texts: Readonly<Record<string, string>>): Workspace {
  const workspace = new Workspace();
  for (const [name, text] of Object.entries(texts)) workspace.set(name, text);
  return workspace;
}

test('fixes that need each other’s place are applied one after the other, and then nothing is left', () => {
  const twice = prTitle.replace('title }}"', 'title }} ${{ github.head_ref }} ${{ github.event.pull_request.title }}"');
  const workspace = workspaceWith({ [path]: twice });
  expect(applyFixes(workspace, [path])).toBeGreaterThan(0);
  expect(lintFile(workspace, path)).toEqual([]);
  expect(applyFixes(workspace, [path])).toBe(0);
});

test('files that were not named, and suggestions, stay as they are', () => {
  const deploy = `${ecrCache}      - run: kubectl set image deploy/app app=ghcr.io/acme/app:latest\n`;
  const workspace = workspaceWith({ [path]: deploy, [other]: prTitle });
  expect(applyFixes(workspace, [path])).toBe(1);
  expect(workspace.text(other)).toBe(prTitle);
  expect(lintFile(workspace, path).map(({ rule }) => rule)).toEqual(['deploy-moving-tag']);
});

test('YAML that does not parse is left alone', () => {
  const broken = `${prTitle}broken: [\n`;
  const workspace = workspaceWith({ [path]: broken });
  expect(applyFixes(workspace, [path])).toBe(0);
  expect(workspace.text(path)).toBe(broken);
});
