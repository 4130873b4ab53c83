import type * as vscode from 'vscode';
import type { CredentialSource, Step } from '../core/registry/credentials/chain.ts';

/** What is to be done with packages; each needs a scope of its own on top of reading. */
export type PackageNeed = 'read' | 'write' | 'delete';

/** The part of `vscode.authentication` that is used. */
export type GetSession = (
  provider: string,
  scopes: readonly string[],
  options: vscode.AuthenticationGetSessionOptions,
) => Thenable<vscode.AuthenticationSession | undefined>;

export interface GitHubSource extends CredentialSource {
  /** Lets the person sign in, or allow more than they did; throws where they do not. */
  ask(need: PackageNeed): Promise<void>;
  /** True where a session allows this already. */
  allows(need: PackageNeed): Promise<boolean>;
}

export const githubPlace = "VS Code's GitHub session";

/** The only hosts that the session is sent to. */
const hosts: ReadonlySet<string> = new Set(['ghcr.io', 'api.github.com']);

/** Each holds the one before: the editor finds a session by its exact scopes. */
const scopes: Readonly<Record<PackageNeed, readonly string[]>> = {
  read: ['read:packages'],
  write: ['read:packages', 'write:packages'],
  delete: ['delete:packages', 'read:packages', 'write:packages'],
};

const details: Readonly<Record<PackageNeed, string>> = {
  read: 'Tallyman reads the images that your account may read on ghcr.io.',
  write: 'Moving a tag on ghcr.io writes to it.',
  delete: 'Deleting images on ghcr.io needs the right to delete packages.',
};

/** The editor's GitHub session, asked for silently; it answers for exactly `ghcr.io` and `api.github.com`. */
export function githubSource(getSession: GetSession, mayAsk: () => boolean): GitHubSource {
  async function session(...needs: readonly PackageNeed[]): Promise<vscode.AuthenticationSession | undefined> {
    for (const need of needs) {
      const found = await getSession('github', scopes[need], { silent: true });
      if (found) return found;
    }
    return undefined;
  }

  return {
    async *look(host): AsyncGenerator<Step> {
      if (!hosts.has(host)) return;
      if (!mayAsk()) return yield { place: githubPlace, result: 'not used until this workspace is trusted' };
      try {
        const found = await session('delete', 'write', 'read');
        if (!found) return yield { place: githubPlace, result: 'none' };
        const credentials = { kind: 'basic', username: found.account.label, password: found.accessToken } as const;
        yield { place: githubPlace, result: 'found', credentials };
      } catch {
        // Where the editor has no GitHub sign-in at all.
        yield { place: githubPlace, result: 'not available' };
      }
    },

    async ask(need) {
      await getSession('github', scopes[need], { createIfNone: { detail: details[need] } });
    },

    async allows(need) {
      const wider = { read: ['delete', 'write', 'read'], write: ['delete', 'write'], delete: ['delete'] } as const;
      return (await session(...wider[need])) !== undefined;
    },
  };
}
