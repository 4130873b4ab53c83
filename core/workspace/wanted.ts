import { type Entry, maximumWanted, type Tree } from './tree.ts';
import type { Workspace } from './workspace.ts';

/** Files that are read side by side. */
const atOnce = 32;

/** A folder with more names holds no manifests that people write. */
const maximumNames = 1_000;

/** Files that lead to further files are read this many times at most. */
const maximumRounds = 20;

/**
 * Reads what the workspace has asked for and gives it that: files below its folder, and those of checkouts that its policy names.
 * `treeOf` answers the tree of such a checkout (`''` is the workspace's own folder), `undefined` where it may not be read. Answers
 * the files that are there.
 */
export async function giveWanted(workspace: Workspace, treeOf: (folder: string) => Tree | undefined): Promise<readonly string[]> {
  const trees = new Map<string, Tree | undefined>();
  const read = async (path: string) => {
    const folder = workspace.folderOf(path);
    if (folder === undefined) return undefined;
    if (!trees.has(folder)) trees.set(folder, listedOnce(treeOf(folder)));
    return readWanted(trees.get(folder), folder === '' ? path : path.slice(folder.length + 1));
  };
  const found: string[] = [];
  const paths = workspace.takeWanted();
  for (let from = 0; from < paths.length; from += atOnce) {
    const some = paths.slice(from, from + atOnce);
    for (const [index, text] of (await Promise.all(some.map(read))).entries()) {
      const path = some[index] as string;
      workspace.setOther(path, text);
      if (text !== undefined) found.push(path);
    }
  }
  return found;
}

/** A tree whose folders are looked into once, however many names in them are asked for. */
function listedOnce(tree: Tree | undefined): Tree | undefined {
  if (!tree) return undefined;
  const lists = new Map<string, ReturnType<Tree['list']>>();
  return {
    list(folder) {
      const list = lists.get(folder) ?? tree.list(folder);
      lists.set(folder, list);
      return list;
    },
    read: (path, limit) => tree.read(path, limit),
  };
}

/** What a tree holds at a path that was asked for: a file's text, a folder's names one a line; `undefined` where it is not there. */
export async function readWanted(tree: Tree | undefined, path: string): Promise<string | undefined> {
  if (!path.endsWith('/')) return tree?.read(path, maximumWanted).catch(() => undefined);
  const entries = tree && (await namesIn(tree, path.split('/').slice(0, -1)).catch(() => []));
  const names = entries?.slice(0, maximumNames).map(({ name, kind }) => (kind === 'folder' ? `${name}/` : name));
  return names && names.length > 0 ? names.sort().join('\n') : undefined;
}

/** What a folder holds. On the way to it each part must be a folder by itself: a link may lead out of the tree. */
async function namesIn(tree: Tree, parts: readonly string[]): Promise<readonly Entry[]> {
  let entries = await tree.list('');
  for (const [index, part] of parts.entries()) {
    if (!entries.some(({ name, kind }) => name === part && kind === 'folder')) return [];
    entries = await tree.list(parts.slice(0, index + 1).join('/'));
  }
  return entries;
}

/** Reads all that the analysis of these files asks for, until nothing more is found. `between` two files the caller may do something else. */
export async function settle(
  workspace: Workspace,
  paths: readonly string[],
  treeOf: (folder: string) => Tree | undefined,
  between: () => Promise<void> | undefined = () => undefined,
): Promise<void> {
  for (let round = 0; round < maximumRounds; round++) {
    for (const path of paths) {
      readThrough(workspace, path);
      await between();
    }
    if ((await giveWanted(workspace, treeOf)).length === 0) return;
  }
}

/** A file that we stumble over is told of when it is checked. */
function readThrough(workspace: Workspace, path: string): void {
  try {
    workspace.usages(path);
  } catch {
    // The others are read all the same.
  }
}
