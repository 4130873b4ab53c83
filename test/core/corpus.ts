import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Where real workflows lie: named by TALLYMAN_CORPUS, or beside the project; `undefined` where there are none. */
export function corpusFolder(): string | undefined {
  return [process.env['TALLYMAN_CORPUS'], join(root, '..', 'shared', 'corpus')].find(path => path && existsSync(path));
}

/** Path and text of each YAML file of the corpus, none where it is not at hand. */
export function corpus(): readonly { readonly path: string; readonly text: string }[] {
  const folder = corpusFolder();
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
