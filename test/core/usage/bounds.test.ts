import { expect, test } from 'vitest';
import { lintFile } from '../../../core/lint.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';

const head = 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n';

test.each([
  ['a value doubled sixty times', `          A=x\n${'          A="$A$A"\n'.repeat(60)}          echo "x=$A" >> $GITHUB_OUTPUT\n`],
  ['a value that a thousand branches lengthen', '          if a; then B="$B x"; fi\n'.repeat(1000)],
  ['a hundred thousand wrappers', `          ${'sudo '.repeat(100_000)}x\n`],
])('%s is read in bounded time and space', (_what, script) => {
  const workspace = new Workspace();
  workspace.set('.github/workflows/a.yml', head + script);
  const started = process.cpuUsage();
  expect(lintFile(workspace, '.github/workflows/a.yml')).toEqual([]);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1_000_000).toBeLessThan(10);
});
