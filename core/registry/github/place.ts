import { canonicalHost } from '../hosts.ts';

/** Where GitHub's other sides of a container registry are. Addresses have no slash at the end. */
export interface GitHubPlace {
  /** The REST API; absent where the host's name does not tell. */
  readonly api?: string;
  /** The web pages. */
  readonly web?: string;
}

/**
 * What a registry's name tells: `ghcr.io`, `containers.acme.ghe.com` (Enterprise Cloud with data residency) and, with `enterprise`,
 * `containers.github.acme.com` (Enterprise Server with subdomain isolation). docs.github.com, "Working with the Container registry".
 */
export function gitHubPlace(host: string, enterprise = false): GitHubPlace {
  const name = canonicalHost(host);
  if (name === 'ghcr.io') return { api: 'https://api.github.com', web: 'https://github.com' };
  const tenant = /^containers\.([a-z0-9-]+\.ghe\.com)$/.exec(name)?.[1];
  if (tenant !== undefined) return { api: `https://api.${tenant}`, web: `https://${tenant}` };
  const server = enterprise ? /^containers\.([^:.]+\.[^:]+)$/.exec(name)?.[1] : undefined;
  return server === undefined ? {} : { api: `https://${server}/api/v3`, web: `https://${server}` };
}

/** True for the registries that are GitHub's by their name alone. */
export function isGitHubRegistry(host: string): boolean {
  return gitHubPlace(host).api !== undefined;
}

/** An account and a package of it; `undefined` where the repository has no account before its first slash. */
export interface PackageName {
  readonly owner: string;
  /** May have slashes of its own. */
  readonly name: string;
}

export function packageOf(repository: string): PackageName | undefined {
  const slash = repository.indexOf('/');
  return slash < 1 ? undefined : { owner: repository.slice(0, slash), name: repository.slice(slash + 1) };
}
