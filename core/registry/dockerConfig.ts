import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { canonicalHost } from './hosts.ts';
import { asRecord, parseJson } from './manifest.ts';
import type { Credentials, Keychain } from './registry.ts';

export interface DockerKeychain extends Keychain {
  /** Why there are no credentials for `host` although docker may have some; `undefined` where there is nothing to say. */
  note(host: string): Promise<string | undefined>;
}

/**
 * The credentials that `docker login` left in config.json (`auths`), read anew for each question, since a login may happen meanwhile.
 * Helpers are not run. `environment` is looked at for DOCKER_CONFIG.
 */
export function dockerKeychain(environment: NodeJS.ProcessEnv = process.env): DockerKeychain {
  const path = join(environment['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'config.json');
  return {
    async credentials(host) {
      const { config } = await readConfig(path);
      for (const [key, entry] of Object.entries(asRecord(config?.['auths']) ?? {})) {
        const found = hostOf(key) === canonicalHost(host) ? credentialsOf(asRecord(entry)) : undefined;
        if (found) return found;
      }
      return undefined;
    },

    async note(host) {
      const { config, problem } = await readConfig(path);
      if (problem !== undefined) return `Docker's config.json cannot be used: ${problem}.`;
      const own = Object.entries(asRecord(config?.['credHelpers']) ?? {}).find(([key]) => hostOf(key) === canonicalHost(host));
      const helper = own?.[1] ?? config?.['credsStore'];
      if (typeof helper !== 'string' || !/^[\w.-]+$/.test(helper)) return undefined;
      return `Docker keeps its credentials in docker-credential-${helper}; Tallyman reads only those written in config.json itself.`;
    },
  };
}

async function readConfig(path: string): Promise<{ config?: Readonly<Record<string, unknown>>; problem?: string }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown trouble';
    return code === 'ENOENT' || code === 'ENOTDIR' ? {} : { problem: `it cannot be read (${code})` };
  }
  const config = asRecord(parseJson(bytes));
  return config ? { config } : { problem: 'it is no JSON object' };
}

/** The host that a key of `auths` is about: `ghcr.io`, `https://ghcr.io/v2/`, `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  return canonicalHost(key.replace(/^https?:\/\//i, '').replace(/\/[\s\S]*/, ''));
}

function credentialsOf(entry: Readonly<Record<string, unknown>> | undefined): Credentials | undefined {
  const token = entry?.['identitytoken'];
  if (typeof token === 'string' && token !== '') return { kind: 'identityToken', token };
  const auth = entry?.['auth'];
  const decoded = typeof auth === 'string' ? Buffer.from(auth, 'base64').toString() : '';
  const colon = decoded.indexOf(':');
  const username = colon > 0 ? decoded.slice(0, colon) : entry?.['username'];
  // Some writers pad the password with NUL characters.
  const password = colon > 0 ? decoded.slice(colon + 1).replace(/(?<!\0)\0+$/, '') : entry?.['password'];
  if (typeof username !== 'string' || typeof password !== 'string' || password === '') return undefined;
  return username === '<token>' ? { kind: 'identityToken', token: password } : { kind: 'basic', username, password };
}
