import { describe, expect, test } from 'vitest';
import { lintFile } from '../../../core/lint.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';

const path = '.github/workflows/w.yml';

describe('a policy', () => {
  const deploy = '      - run: kubectl set image deployment/web web=ghcr.io/a/b:latest';
  const twice = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${deploy} # tallyman: ignore[deploy-moving-tag] why\n${deploy}\n`;
  function findings(policy: string, name = '.github/tallyman.yml'): readonly string[] {
    const workspace = new Workspace();
    workspace.set(name, policy);
    workspace.set(path, twice);
    return lintFile(workspace, path).map(({ rule, severity }) => `${severity} ${rule}`);
  }

  test('gives rules their severity, in all files and in some', () => {
    expect(findings('')).toEqual(['warning deploy-moving-tag']);
    expect(findings('rules: { deploy-moving-tag: hint }')).toEqual(['hint deploy-moving-tag']);
    expect(findings('paths: [{ paths: w.yml, rules: { deploy-moving-tag: error } }]')).toEqual(['error deploy-moving-tag']);
    expect(findings('paths: [{ paths: v.yml, rules: { deploy-moving-tag: error } }]')).toEqual(['warning deploy-moving-tag']);
    expect(findings('rules: { deploy-moving-tag: hint }', '.forgejo/tallyman.yaml')).toEqual(['hint deploy-moving-tag']);
    expect(findings('rules: { deploy-moving-tag: hint }', 'tallyman.yml')).toEqual(['warning deploy-moving-tag']);
  });

  test('switches a rule off, and no comment is unused for that', () => {
    expect(findings('rules: { deploy-moving-tag: off }')).toEqual([]);
  });

  test('with a mistake counts for nothing', () => {
    expect(findings('rules: { deploy-moving-tag: off }\nstrikt: true')).toEqual(['warning deploy-moving-tag']);
    expect(findings('rules: { deploy-moving-tag: off, no-such-rule: off }')).toEqual([]);
  });

  test('is read again when it changes or goes, and no workflow is made of it', () => {
    const workspace = new Workspace();
    workspace.set(path, twice);
    const count = () => lintFile(workspace, path).length;
    expect(count()).toBe(1);
    workspace.set('.github/tallyman.yml', 'rules: { deploy-moving-tag: off }');
    expect(count()).toBe(0);
    expect(lintFile(workspace, '.github/tallyman.yml')).toEqual([]);
    expect(workspace.usage('.github/tallyman.yml')).toBeUndefined();
    workspace.set('.github/tallyman.yml', 'rules: { deploy-moving-tag: 1 }');
    expect(count()).toBe(1);
    expect(lintFile(workspace, '.github/tallyman.yml').map(({ rule }) => rule)).toEqual(['policy-invalid']);
    workspace.set('.github/tallyman.yml', 'rules: { deploy-moving-tag: off }');
    workspace.delete('.github/tallyman.yml');
    expect(count()).toBe(1);
  });
});
