import { isHost, isRepository, splitHost } from '../core/image/reference.ts';
import { isGitHubRegistry } from '../core/registry/github/place.ts';
import { canonicalHost, isLoopback } from '../core/registry/hosts.ts';
import type { ConnectOptions } from '../core/registry/providers/provider.ts';

/** How a host is reached, where its name does not tell. */
export type Reach = Pick<ConnectOptions, 'kind' | 'api' | 'owners' | 'aws'>;

/** One item of the setting `tallyman.registries`. */
export interface Entry {
  readonly host: string;
  /** Named where the registry does not list its own. */
  readonly repository?: string;
  readonly reach: Reach;
}

/**
 * Reads `ghcr.io`, `localhost:5000` or `ghcr.io/acme/shop`, also as pasted from a browser; `undefined` where it is none. At GitHub every
 * repository has an owner before it, so `ghcr.io/acme` is the owner of all of theirs.
 */
export function parseEntry(text: string): Entry | undefined {
  const name = text
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/(?<!\/)\/+$/, '');
  if (!name.includes('/')) return isHost(name) ? { host: canonicalHost(name), reach: {} } : undefined;
  const { host, repository } = splitHost(name);
  if (host === undefined || !isHost(host) || !isRepository(repository)) return undefined;
  if (isGitHubRegistry(host) && !repository.includes('/')) return { host: canonicalHost(host), reach: { owners: [repository] } };
  return { host: canonicalHost(host), repository, reach: {} };
}

/**
 * Reads an item of the setting: text, or `{ host, repository?, kind?, api?, owners?, profile?, roleArn?, externalId? }`; `undefined` where it is
 * neither, or where a field is of no use, since half of what was meant may be another account.
 */
export function readEntry(item: unknown): Entry | undefined {
  if (typeof item === 'string') return parseEntry(item);
  if (typeof item !== 'object' || item === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...item };
  const entry = typeof fields['host'] === 'string' ? parseEntry(fields['host']) : undefined;
  const texts = new Map<string, string>();
  for (const name of ['repository', 'kind', 'api', 'profile', 'roleArn', 'externalId']) {
    const value = fields[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '') return undefined;
    texts.set(name, value);
  }
  const repository = texts.get('repository') ?? entry?.repository;
  const api = texts.get('api');
  if (!entry || (repository !== undefined && !isRepository(repository)) || (api !== undefined && !isApi(api))) return undefined;
  const owners: unknown = fields['owners'] ?? entry.reach.owners ?? [];
  if (!Array.isArray(owners) || !owners.every(isOwner)) return undefined;
  const take = (...names: readonly string[]) =>
    Object.fromEntries(names.flatMap(name => (texts.has(name) ? [[name, texts.get(name)]] : [])));
  const aws = take('profile', 'roleArn', 'externalId');
  const reach: Reach = { ...take('kind', 'api'), ...(owners.length > 0 && { owners }), ...(Object.keys(aws).length > 0 && { aws }) };
  return { host: entry.host, ...(repository !== undefined && { repository }), reach };
}

/** The same item with another AWS profile; text becomes an object. An item that is none stays as it is. */
export function withProfile(item: unknown, profile: string): unknown {
  const entry = readEntry(item);
  if (!entry) return item;
  const { host, repository } = entry;
  return typeof item === 'string' ? { host, ...(repository !== undefined && { repository }), profile } : { ...Object(item), profile };
}

/** A name of an account or organisation at GitHub or Docker Hub. */
function isOwner(name: unknown): boolean {
  return typeof name === 'string' && /^[A-Za-z0-9][\w.-]{0,99}$/.test(name);
}

/** An address that credentials may be sent to: https, or this machine. */
function isApi(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.username || url.password) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host));
}
