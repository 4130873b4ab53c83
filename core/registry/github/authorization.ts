import { isLoopback, isOwnInterface } from '../hosts.ts';
import { Secrets } from '../redact.ts';
import type { Keychain, RequestOptions } from '../registry.ts';

/** What GitHub wants of every client of its REST API, with the version of the API that is spoken. */
const headers = {
  accept: 'application/vnd.github+json',
  'user-agent': 'tallyman',
  'x-github-api-version': '2022-11-28',
} as const;

/** How a GitHub API is asked on behalf of the person. */
export interface GitHubAuthorization {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: Secrets;
  /** The header with the token of now; `undefined` where there is none that belongs to this API. `refused` is one that was not taken. */
  authorization(options: RequestOptions, refused?: string): Promise<string | undefined>;
}

/**
 * The token for the API at `base`: what the keychain has for that host, or else for the registry that the API belongs to. A token of
 * another site is never taken, and none goes over plain http but on this machine.
 */
export function gitHubAuthorization(host: string, base: URL, keychain: Keychain | undefined): GitHubAuthorization {
  const secrets = new Secrets();
  const encrypted = base.protocol === 'https:' || isLoopback(base.host);
  const places = encrypted ? [...new Set([base.host, ...(isOwnInterface(host, base) ? [host] : [])])] : [];
  return {
    headers,
    secrets,
    async authorization(options, refused) {
      for (const place of places) {
        const credentials = await keychain?.credentials(place, options);
        if (credentials?.kind !== 'basic' || credentials.password === '') continue;
        secrets.addCredentials(credentials);
        // GitHub's tokens stand in the password's place.
        const header = `Bearer ${credentials.password}`;
        if (header !== refused) return header;
        keychain?.refused?.(place, credentials);
        const other = await keychain?.credentials(place, options);
        if (other?.kind !== 'basic' || other.password === '' || other.password === credentials.password) continue;
        secrets.addCredentials(other);
        return `Bearer ${other.password}`;
      }
      return undefined;
    },
  };
}
