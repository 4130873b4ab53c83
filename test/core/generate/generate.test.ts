import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { kinds, newWorkflow } from '../../../core/generate/index.ts';
import { lintFile } from '../../../core/lint.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';
import { type Files, workspaces } from './workspaces.ts';

function workspaceOf(files: Files): Workspace {
  const workspace = new Workspace();
  for (const [path, text] of Object.entries(files)) workspace.set(path, text);
  return workspace;
}

describe.each(Object.entries(workspaces))('in a repository with %s', (name, files) => {
  const workspace = workspaceOf(files);
  const made = kinds.map(kind => {
    const workflow = newWorkflow(workspace, { kind });
    if (workflow.status !== 'made') throw new Error(`${kind}: ${workflow.about} of ${workflow.options.join(', ')}?`);
    return { kind, ...workflow };
  });

  test.each(made)('a $kind is what people will read', async ({ kind, text }) => {
    await expect(text).toMatchFileSnapshot(`made/${name.replaceAll(/[^\w]+/g, '-')}/${kind}.yml`);
    expect(() => parse(text)).not.toThrow();
    expect(text).not.toMatch(/undefined|\n\n\n| \n/);
  });

  test('Tallyman finds nothing in them, each by itself and all together', () => {
    const all = workspaceOf({ ...files, ...Object.fromEntries(made.map(({ path, text }) => [path, text])) });
    const said = (where: Workspace, path: string) =>
      lintFile(where, path).map(({ rule, severity, message }) => `${path} ${severity} ${rule}: ${message}`);
    const alone = made.flatMap(({ path, text }) => said(workspaceOf({ ...files, [path]: text }), path));
    expect(alone.filter(text => !text.includes(' rollback-missing'))).toEqual([]);
    expect(made.flatMap(({ path }) => said(all, path))).toEqual([]);
  });
});
