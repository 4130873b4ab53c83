import { isOwnInterface } from '../registry/hosts.ts';

/** A git repository on GitHub. */
export interface GitHubRepository {
  readonly owner: string;
  readonly name: string;
}

/** Where a repository is: the host, and the API that answers for it where the host's name tells. */
export interface GitHubRemote extends GitHubRepository {
  readonly host: string;
  readonly api?: string;
}

/**
 * Reads the address of a repository as remotes and `org.opencontainers.image.source` have it: `https://github.com/acme/shop.git`,
 * `git@github.com:acme/shop`, `ssh://git@ssh.github.com:443/acme/shop`. `undefined` where it is none.
 */
export function parseRemote(address: string): GitHubRemote | undefined {
  const match =
    /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([a-z0-9.-]+)(?::\d+)?\/([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?(?:[#?].*)?$/i.exec(address.trim()) ??
    /^(?:[\w.-]+@)([a-z0-9.-]+):([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(address.trim());
  const [, named = '', owner, name] = match ?? [];
  if (owner === undefined || name === undefined || /^\.+$/.test(owner) || /^\.+$/.test(name)) return undefined;
  const host = named.toLowerCase().replace(/^(?:ssh|www)\.(github\.com)$/, '$1');
  const api = host === 'github.com' ? 'https://api.github.com' : /^[a-z0-9-]+\.ghe\.com$/.test(host) ? `https://api.${host}` : undefined;
  return { host, owner, name, ...(api !== undefined && { api }) };
}

/** Where a repository is asked for: the API, the registry whose token serves there, and the repository's name. */
export interface GitHubPlace {
  readonly api: string;
  readonly host: string;
  readonly repository: GitHubRepository;
}

/**
 * Where the repository at `remote` is asked for, by who looks at the registry at `host`: at the API that is set for this registry, or at the one
 * that the remote's host tells. `undefined` where neither is known.
 */
export function placeOf(
  host: string,
  { kind, api }: { readonly kind?: string; readonly api?: string },
  remote: GitHubRemote | undefined,
): GitHubPlace | undefined {
  if (!remote) return undefined;
  const { owner, name } = remote;
  const own = kind === 'ghcr' ? api : undefined;
  const found = own ?? remote.api;
  if (found === undefined || !URL.canParse(found)) return undefined;
  return { api: found, host: isOwnInterface(host, new URL(found)) ? host : 'ghcr.io', repository: { owner, name } };
}
