import ignore from 'ignore';
import type { Tree } from './tree.ts';

/** What one `.gitignore` says of a path of the tree (folders end with `/`): left out, taken back in, or nothing. */
export type Ignores = (path: string) => boolean | undefined;

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

/** The patterns of an ignore file; `relative` turns a path of the tree into one from the ignore file's folder. */
export function ignoreFile(text: string, relative: (path: string) => string): Ignores {
  const patterns = ignore().add(text);
  return path => {
    const { ignored, unignored } = patterns.test(relative(path));
    return ignored || unignored ? ignored : undefined;
  };
}

/** A deeper file has the last word, as in git. */
export function isIgnored(path: string, files: readonly Ignores[]): boolean {
  return files.reduceRight<boolean | undefined>((verdict, ignores) => verdict ?? ignores(path), undefined) ?? false;
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
