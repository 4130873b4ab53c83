import { maximumWanted, type Tree } from './tree.ts';
import type { Workspace } from './workspace.ts';

/** Files that lead to further files are read this many times at most. */
const maximumRounds = 20;

/**
 * Reads what the workspace has asked for and gives it that: files below its folder, and those of checkouts that its policy names.
 * `treeOf` answers the tree of such a checkout (`''` is the workspace's own folder), `undefined` where it may not be read. Answers
 * the files that are there.
 */
export async function giveWanted(workspace: Workspace, treeOf: (folder: string) => Tree | undefined): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of workspace.takeWanted()) {
    const folder = workspace.folderOf(path);
    const inside = folder === '' ? path : path.slice((folder ?? '').length + 1);
    const text =
      folder === undefined
        ? undefined
        : await treeOf(folder)
            ?.read(inside, maximumWanted)
            .catch(() => undefined);
    workspace.setOther(path, text);
    if (text !== undefined) found.push(path);
  }
  return found;
}

/** Reads all that the analysis of these files asks for, until nothing more is found. */
export async function settle(workspace: Workspace, paths: readonly string[], treeOf: (folder: string) => Tree | undefined): Promise<void> {
  for (let round = 0; round < maximumRounds; round++) {
    for (const path of paths) readThrough(workspace, path);
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
