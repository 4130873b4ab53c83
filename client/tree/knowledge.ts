import * as vscode from 'vscode';
import type { Commit } from '../../core/git/history.ts';
import { openRepository } from '../../core/git/repository.ts';
import type { TagUse, TagUsesParams } from '../../protocol/tags.ts';
import type { Known } from './details.ts';
import type { ImageNode, TagNode } from './nodes.ts';
import type { Knowledge } from './registryTree.ts';

/** What the workspace knows of an image: the commit that it was built from, and which workflows write and read its tag. */
export function workspaceKnowledge(askUses: (asked: TagUsesParams) => Promise<readonly TagUse[]>): Knowledge {
  return async (node, revision, signal): Promise<Known> => {
    const [commit, uses] = await Promise.all([
      revision === undefined ? undefined : commitOf(revision, signal).catch(() => undefined),
      usesOf(node).catch(() => []),
    ]);
    return { now: Date.now(), uses, ...(commit && { commit }) };
  };

  async function usesOf(node: TagNode | ImageNode): Promise<readonly TagUse[]> {
    return node.kind === 'tag' ? askUses({ host: node.host, repository: node.repository, tag: node.tag }) : [];
  }
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
