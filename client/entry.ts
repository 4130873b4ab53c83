import { isHost, isRepository, splitHost } from '../core/image/reference.ts';
import { canonicalHost } from '../core/registry/hosts.ts';

/** One item of the setting `tallyman.registries`. */
export interface Entry {
  readonly host: string;
  /** Named where the registry does not list its own. */
  readonly repository?: string;
}

/** Reads `ghcr.io`, `localhost:5000` or `ghcr.io/acme/shop`, also as pasted from a browser; `undefined` where it is none. */
export function parseEntry(text: string): Entry | undefined {
  const name = text
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/(?<!\/)\/+$/, '');
  if (!name.includes('/')) return isHost(name) ? { host: canonicalHost(name) } : undefined;
  const { host, repository } = splitHost(name);
  return host !== undefined && isHost(host) && isRepository(repository) ? { host: canonicalHost(host), repository } : undefined;
}
