import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { built } from '../fakes/built.ts';

const workspace = join(import.meta.dirname, '..', '..', 'demo', 'workspace');

interface Document {
  readonly files: number;
  readonly findings: readonly { readonly rule: string; readonly path: string }[];
}

let document: Document;
beforeAll(async () => {
  const { stdout } = spawnSync(process.execPath, [await built('cli'), 'check', '--format', 'json', '.'], {
    cwd: workspace,
    encoding: 'utf8',
  });
  document = JSON.parse(stdout) as Document;
});

function rulesIn(workflow: string): string[] {
  return document.findings.filter(({ path }) => path === `.github/workflows/${workflow}`).map(({ rule }) => rule);
}

test.for([
  ['build.yml', 'cache-image-manifest'],
  ['deploy.yml', 'deploy-moving-tag'],
  ['preview.yml', 'pr-input-in-shell'],
  ['promote.yml', 'pr-input-in-shell'],
  ['rollback.yml', 'pr-input-in-shell'],
] as const)("the example's %s shows %s", ([workflow, rule]) => {
  expect(rulesIn(workflow)).toContain(rule);
});

test('promote-production.yml is exemplary: nothing is found in it', () => {
  expect(document.files).toBe(7);
  expect(rulesIn('promote-production.yml')).toEqual([]);
});
