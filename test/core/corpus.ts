import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Real workflows, where they are at hand: named by TALLYMAN_CORPUS, or beside the project. Path and text of each YAML file. */
export function corpus(): readonly { readonly path: string; readonly text: string }[] {
  const folder = [process.env['TALLYMAN_CORPUS'], join(root, '..', 'shared', 'corpus')].find(path => path && existsSync(path));
  if (!folder) return [];
  return globSync('**/*.{yml,yaml}', { cwd: folder, exclude: name => name === 'node_modules' })
    .concat(globSync('**/.github/**/*.{yml,yaml}', { cwd: folder }))
    .map(path => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

/** Our own workflows: the fixtures and the demo's. */
export function ownWorkflows(): readonly { readonly path: string; readonly text: string }[] {
  return ['test/rules/*/*/*.yml', 'demo/workspace/.github/workflows/*.yml', '.github/workflows/*.yml']
    .flatMap(pattern => globSync(pattern, { cwd: root }))
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
