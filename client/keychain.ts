import * as vscode from 'vscode';
import { type CredentialChain, type CredentialSource, credentialChain, type Step } from '../core/registry/credentials/chain.ts';
import { dockerSource } from '../core/registry/credentials/dockerConfig.ts';
import { canonicalHost } from '../core/registry/hosts.ts';
import { asRecord, parseJson } from '../core/registry/manifest.ts';
import type { Credentials } from '../core/registry/registry.ts';
import { type GitHubSource, githubPlace, githubSource, type PackageNeed } from './githubSession.ts';

/** Credentials by host: what was typed in here, the editor's GitHub session, what `docker login` left and its helpers. */
export interface EditorKeychain extends CredentialChain, vscode.Disposable {
  store(host: string, credentials: Credentials): Promise<void>;
  isStored(host: string): Promise<boolean>;
  /** Deletes what was typed in for the host. */
  forget(host: string): Promise<void>;
  /** Signs in with the editor's GitHub session; throws where the person does not. */
  signInToGitHub(): Promise<void>;
  /**
   * Before something is written or deleted: where the GitHub session is what would be sent and does not allow it, asks the person. True
   * where that changed what is sent, so that tokens of before are of no use.
   */
  allow(host: string, need: PackageNeed): Promise<boolean>;
}

const place = 'stored here';
const prefix = 'credentials:';

export function editorKeychain(secrets: vscode.SecretStorage): EditorKeychain {
  const trusted = () => vscode.workspace.isTrusted;
  const folders = () => (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const github = githubSource((...asked) => vscode.authentication.getSession(...asked), trusted);
  const docker = dockerSource({ outside: folders, mayRun: trusted });
  const chain = credentialChain([storedSource(secrets), github, docker]);
  const subscriptions = [
    secrets.onDidChange(({ key }) => key.startsWith(prefix) && chain.renew(key.slice(prefix.length))),
    vscode.authentication.onDidChangeSessions(({ provider }) => {
      if (provider.id === 'github') for (const host of ['ghcr.io', 'api.github.com']) chain.renew(host);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => chain.renew()),
  ];

  return {
    ...chain,
    async store(host, credentials) {
      await secrets.store(keyOf(host), JSON.stringify(credentials));
      chain.renew(host);
    },
    isStored: async host => parseStored(await secrets.get(keyOf(host))) !== undefined,
    async forget(host) {
      await secrets.delete(keyOf(host));
      chain.renew(host);
    },
    async signInToGitHub() {
      await cancellable(github.ask('read'));
      for (const host of ['ghcr.io', 'api.github.com']) chain.renew(host);
    },
    allow: (host, need) => allow(chain, github, host, need),
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

async function allow(chain: CredentialChain, github: GitHubSource, host: string, need: PackageNeed): Promise<boolean> {
  await chain.credentials(host);
  const [last] = chain.tried(host).slice(-1);
  if (last?.place !== githubPlace || last.result !== 'found' || (await github.allows(need))) return false;
  await cancellable(github.ask(need));
  chain.renew(host);
  return true;
}

/** The editor rejects where the person closes its question. */
async function cancellable(question: Promise<void>): Promise<void> {
  await question.catch(() => {
    throw new vscode.CancellationError();
  });
}

function storedSource(secrets: vscode.SecretStorage): CredentialSource {
  return {
    async *look(host): AsyncGenerator<Step> {
      let stored: string | undefined;
      try {
        stored = await secrets.get(keyOf(host));
      } catch {
        return yield { place, result: 'cannot be read' };
      }
      const credentials = parseStored(stored);
      yield credentials ? { place, result: 'found', credentials } : { place, result: 'none' };
    },
  };
}

/** A stored credential belongs to its host and port, and to no other. */
function keyOf(host: string): string {
  return `${prefix}${canonicalHost(host)}`;
}

function parseStored(text: string | undefined): Credentials | undefined {
  const data = text === undefined ? undefined : asRecord(parseJson(Buffer.from(text)));
  const { kind, username, password, token } = data ?? {};
  if (kind === 'identityToken' && typeof token === 'string') return { kind, token };
  return kind === 'basic' && typeof username === 'string' && typeof password === 'string' ? { kind, username, password } : undefined;
}
