import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lintFile } from '../../core/lint.ts';
import { Workspace } from '../../core/workspace/workspace.ts';

test('there is nothing to find in our own workflow and action', () => {
  const paths = ['.github/workflows/ci.yml', 'action.yml'];
  const workspace = new Workspace();
  for (const path of paths) workspace.set(path, readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8'));
  expect(workspace.usage('.github/workflows/ci.yml')?.workflow.jobs.length).toBeGreaterThan(0);
  expect(paths.flatMap(path => lintFile(workspace, path))).toEqual([]);
});
