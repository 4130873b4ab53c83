import * as vscode from 'vscode';
import { openRepository } from '../core/git/repository.ts';
import { type GitHub, openGitHub } from '../core/github/gitHub.ts';
import type { PullRequest } from '../core/github/pullRequests.ts';
import { type GitHubRemote, parseRemote, placeOf } from '../core/github/repository.ts';
import type { Keychain, RequestOptions } from '../core/registry/registry.ts';
import type { Registries } from './registries.ts';

/** An image whose tags are named after pull requests. */
export interface Origin {
  readonly host: string;
  /** Where its label says that it comes from, as far as it was read. */
  readonly source?: string;
}

export type AskPullRequests = (
  origin: Origin,
  numbers: readonly number[],
  options?: RequestOptions,
) => Promise<ReadonlyMap<number, PullRequest>>;

/** Milliseconds for which the workspace's remote is not asked for again. */
const remoteKept = 60_000;

/**
 * The pull requests of these numbers in the repository that an image comes from, which its label names, or else the workspace's remote.
 * None where that is not on GitHub, or where there is no GitHub token: nothing is contacted then. Throws a RegistryError.
 */
export function askPullRequests(registries: Pick<Registries, 'settings'>, keychain: Keychain): AskPullRequests {
  const clients = new Map<string, GitHub>();
  let remote: { readonly found: Promise<GitHubRemote | undefined>; readonly until: number } | undefined;

  function workspaceRemote(): Promise<GitHubRemote | undefined> {
    if (!remote || remote.until < Date.now()) remote = { found: remoteOfWorkspace(), until: Date.now() + remoteKept };
    return remote.found;
  }

  return async ({ host, source }, numbers, options = {}) => {
    if (!vscode.workspace.isTrusted || numbers.length === 0) return new Map();
    const place = placeOf(host, registries.settings(host), source === undefined ? await workspaceRemote() : parseRemote(source));
    if (!place) return new Map();
    const key = `${place.api} ${place.host}`;
    const client = clients.get(key) ?? openGitHub({ api: place.api, host: place.host, keychain });
    clients.set(key, client);
    return (await client.isSignedIn(options)) ? client.pullRequests(place.repository, numbers, options) : new Map();
  };
}

/** Where the first clone among the workspace's folders came from. */
async function remoteOfWorkspace(): Promise<GitHubRemote | undefined> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const clone = uri.scheme === 'file' ? await openRepository(uri.fsPath).catch(() => undefined) : undefined;
    const address = await clone?.remote().catch(() => undefined);
    const found = address === undefined ? undefined : parseRemote(address);
    if (found) return found;
  }
  return undefined;
}
