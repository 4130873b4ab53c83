import * as vscode from 'vscode';
import type { Commit } from '../../core/git/history.ts';
import { openRepository } from '../../core/git/repository.ts';
import type { PullRequest } from '../../core/github/pullRequests.ts';
import { previewNumber } from '../../core/removal/previews.ts';
import type { TagUse, TagUsesParams } from '../../protocol/tags.ts';
import type { AskPullRequests } from '../pullRequests.ts';
import type { Knowledge } from './detailRows.ts';
import type { Known } from './details.ts';
import type { ImageNode, TagNode } from './nodes.ts';

/**
 * What is known of an image beside its registry: the commit that it was built from, which workflows write and read its tag, and the pull
 * request that it is a preview of.
 */
export function workspaceKnowledge(askUses: (asked: TagUsesParams) => Promise<readonly TagUse[]>, askPulls: AskPullRequests): Knowledge {
  return async (node, revision, signal): Promise<Known> => {
    const [commit, uses, pullRequest] = await Promise.all([
      revision === undefined ? undefined : commitOf(revision, signal).catch(() => undefined),
      usesOf(node).catch(() => []),
      pullOf(node, signal).catch(() => undefined),
    ]);
    return { now: Date.now(), uses, ...(commit && { commit }), ...(pullRequest && { pullRequest }) };
  };

  async function pullOf(node: TagNode | ImageNode, signal: AbortSignal): Promise<PullRequest | undefined> {
    const number = node.kind === 'tag' ? previewNumber(node.tag) : undefined;
    const source = node.row.details?.source;
    const origin = { host: node.host, ...(source !== undefined && { source }) };
    return number === undefined ? undefined : (await askPulls(origin, [number], { signal })).get(number);
  }

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
