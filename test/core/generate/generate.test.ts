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

describe('what is written elsewhere stays data', () => {
  const build = (image: string, path = '.github/workflows/build.yml') =>
    workspaceOf({
      [path]: `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: '${image}:1.2.3'\n`,
    });

  test.each(['ghcr.io/acme/$(id)', 'ghcr.io/acme/a"; id; "', '${{ inputs.image }}', 'ghcr.io/acme/`id`', 'localhost:5000/shop'])(
    'no workflow is made for %s',
    image => {
      expect(newWorkflow(build(image), { kind: 'promotion' })).toEqual({ status: 'question', about: 'image', options: [] });
    },
  );

  test('an identity with a quote stays one word', () => {
    const workspace = build('ghcr.io/acme/shop');
    workspace.set(
      '.github/tallyman.yml',
      "environments:\n  prod:\n    signature:\n      issuer: https://token.actions.githubusercontent.com\n      identity: https://github.com/acme/shop/x'$(id)\n",
    );
    const made = newWorkflow(workspace, { kind: 'promotion' });
    expect(made.status === 'made' && made.text).toContain(`--certificate-identity 'https://github.com/acme/shop/x'\\''$(id)'`);
  });

  test('of several environments the one at the end of the row is meant', () => {
    const workspace = build('ghcr.io/acme/shop');
    workspace.set('.github/tallyman.yml', 'environments:\n  dev:\n  prod:\n    from: dev\n');
    expect(newWorkflow(workspace, { kind: 'promotion' })).toMatchObject({ path: '.github/workflows/promote-prod.yml' });
    workspace.set('.github/tallyman.yml', 'environments:\n  dev:\n  prod:\n');
    expect(newWorkflow(workspace, { kind: 'promotion' })).toEqual({ status: 'question', about: 'environment', options: ['dev', 'prod'] });
    expect(newWorkflow(workspace, { kind: 'promotion', environment: 'dev' })).toMatchObject({ path: '.github/workflows/promote-dev.yml' });
  });
});
