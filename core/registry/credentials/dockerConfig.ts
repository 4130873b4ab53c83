import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { canonicalHost } from '../hosts.ts';
import { asRecord, parseJson } from '../manifest.ts';
import type { Credentials } from '../registry.ts';
import type { CredentialSource, Step } from './chain.ts';
import { askHelper, type HelperSettings } from './helper.ts';

const place = "docker's config.json";
/** Spellings of one host that a helper is asked about; each is a run of it. */
const mostServers = 3;

/**
 * What `docker login` left, on every platform: the helper that config.json names for the host (`credHelpers`), what is written there itself
 * (`auths`), and the helper for all other hosts (`credsStore`). The file is read anew each time, since a login may happen meanwhile.
 * `environment` is looked at for DOCKER_CONFIG, and is the helper's.
 */
export function dockerSource(settings: HelperSettings): CredentialSource {
  const { environment = process.env } = settings;
  const path = join(environment['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'config.json');
  return {
    async *look(host, options): AsyncGenerator<Step> {
      const { config, problem } = await readConfig(path);
      if (problem !== undefined) return yield { place, result: problem };
      const auths = entriesOf(config?.['auths'], host);
      const servers = serversOf(
        host,
        auths.map(([key]) => key),
      );
      const own = entriesOf(config?.['credHelpers'], host).find(([, helper]) => helper !== '')?.[1];
      // What is written for one host comes first, as docker has it: `auths` may hold a password from before.
      if (typeof own === 'string') yield await askHelper(own, servers, settings, options);
      const written = auths.flatMap(([, entry]) => credentialsOf(asRecord(entry)) ?? []);
      for (const credentials of written) yield { place, result: 'found', credentials };
      if (written.length === 0) yield { place, result: config ? 'none' : 'there is none' };
      const store = config?.['credsStore'];
      if (own === undefined && typeof store === 'string' && store !== '') yield await askHelper(store, servers, settings, options);
    },
  };
}

async function readConfig(path: string): Promise<{ config?: Readonly<Record<string, unknown>>; problem?: string }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown trouble';
    return code === 'ENOENT' || code === 'ENOTDIR' ? {} : { problem: `cannot be read (${code})` };
  }
  const config = asRecord(parseJson(bytes));
  return config ? { config } : { problem: 'is no JSON object' };
}

/** The entries of an object by host whose key is about `host`; one for the host itself comes before one for a path of it. */
function entriesOf(value: unknown, host: string): readonly (readonly [string, unknown])[] {
  const name = canonicalHost(host);
  const entries = Object.entries(asRecord(value) ?? {}).filter(([key]) => hostOf(key) === name);
  return entries.sort(([a], [b]) => Number(canonicalHost(b) === name) - Number(canonicalHost(a) === name));
}

/** The host that a key of `auths` is about: `ghcr.io`, `https://ghcr.io/v2/`, `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  return canonicalHost(key.replace(/^https?:\/\//i, '').replace(/\/[\s\S]*/, ''));
}

/** Under which names a helper may keep a host: docker's own for Docker Hub, and as config.json has it. */
function serversOf(host: string, keys: readonly string[]): readonly string[] {
  const name = canonicalHost(host);
  const usual = name === 'docker.io' ? ['https://index.docker.io/v1/', 'docker.io'] : [name];
  return [...new Set([...usual.slice(0, 1), ...keys, ...usual])].slice(0, mostServers);
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
