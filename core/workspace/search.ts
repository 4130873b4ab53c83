import { type Ignores, ignoreFile, isIgnored } from './ignoreFile.ts';
import type { Tree } from './tree.ts';

export interface SearchOptions {
  /** True for a path (relative to the tree) that is looked for. */
  readonly wanted: (path: string) => boolean;
  /** Ignore files above the tree, outermost first. */
  readonly above?: readonly Ignores[];
  /** Stop after this many folders: a search that nobody asked for must end, even in a home folder. */
  readonly maximumFolders?: number;
}

/**
 * The files of a tree that are wanted, in path order, without `.git`, `node_modules` and what git ignores. Git itself is not run:
 * reading a checkout must not start programs.
 */
export async function search(tree: Tree, { wanted, above = [], maximumFolders = Infinity }: SearchOptions): Promise<readonly string[]> {
  const found: string[] = [];
  let folders = 0;
  async function visit(folder: string, outer: readonly Ignores[]): Promise<void> {
    folders += 1;
    if (folders > maximumFolders) return;
    const entries = await tree.list(folder);
    const own = entries.some(({ name, kind }) => name === '.gitignore' && kind === 'file') && (await tree.read(join(folder, '.gitignore')));
    const files = own ? [...outer, ignoreFile(own, path => (folder === '' ? path : path.slice(folder.length + 1)))] : outer;
    for (const { name, kind } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, name);
      if (kind === 'folder') {
        if (name !== '.git' && name !== 'node_modules' && !isIgnored(`${path}/`, files)) await visit(path, files);
      } else if (wanted(path) && !isIgnored(path, files)) found.push(path);
    }
  }
  await visit('', above);
  return found;
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
