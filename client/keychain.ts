import type * as vscode from 'vscode';
import { dockerKeychain } from '../core/registry/dockerConfig.ts';
import { canonicalHost } from '../core/registry/hosts.ts';
import type { Credentials, Keychain } from '../core/registry/registry.ts';

/** Credentials by host: what was typed in here, kept in the editor's secret storage, then what `docker login` left. */
export interface EditorKeychain extends Keychain {
  store(host: string, credentials: Credentials): Promise<void>;
  forget(host: string): Promise<void>;
}

export function editorKeychain(secrets: vscode.SecretStorage): EditorKeychain {
  const docker = dockerKeychain();
  return {
    async credentials(host, options) {
      return parse(await secrets.get(keyOf(host))) ?? docker.credentials(host, options);
    },
    async store(host, credentials) {
      await secrets.store(keyOf(host), JSON.stringify(credentials));
    },
    async forget(host) {
      await secrets.delete(keyOf(host));
    },
  };
}

/** A stored credential belongs to its host and port, and to no other. */
function keyOf(host: string): string {
  return `credentials:${canonicalHost(host)}`;
}

function parse(stored: string | undefined): Credentials | undefined {
  if (stored === undefined) return undefined;
  try {
    return JSON.parse(stored) as Credentials;
  } catch {
    return undefined;
  }
}
