import * as vscode from 'vscode';
import type { Commit } from '../../core/git/history.ts';
import { openRepository } from '../../core/git/repository.ts';
import type { Known } from './details.ts';
import type { ImageNode, TagNode } from './nodes.ts';

/** What the workspace knows of an image: the commit that it was built from. */
export async function knowledge(_node: TagNode | ImageNode, revision: string | undefined, signal: AbortSignal): Promise<Known> {
  const commit = revision === undefined ? undefined : await commitOf(revision, signal);
  return { now: Date.now(), uses: [], ...(commit && { commit }) };
}

/** The first clone among the workspace's folders that knows the revision answers. */
async function commitOf(revision: string, signal: AbortSignal): Promise<Commit | undefined> {
  if (!vscode.workspace.isTrusted) return undefined;
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const clone = uri.scheme === 'file' ? await openRepository(uri.fsPath, { signal }) : undefined;
    const commit = await clone?.commit(revision, { signal });
    if (commit) return commit;
  }
  return undefined;
}
