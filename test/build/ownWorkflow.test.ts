import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lintFile } from '../../core/lint.ts';
import { Workspace } from '../../core/workspace/workspace.ts';

test('there is nothing to find in our own workflow', () => {
  const path = '.github/workflows/ci.yml';
  const workspace = new Workspace();
  workspace.set(path, readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8'));
  expect(workspace.usage(path)?.workflow.jobs.length).toBeGreaterThan(0);
  expect(lintFile(workspace, path)).toEqual([]);
});
