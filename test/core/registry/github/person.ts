import { inspect } from 'node:util';
import { afterEach, beforeEach, expect } from 'vitest';
import { RegistryError } from '../../../../core/registry/errors.ts';
import { explain } from '../../../../core/registry/explain.ts';
import type { Fetch } from '../../../../core/registry/fetch.ts';
import type { ListedImage } from '../../../../core/registry/listing.ts';
import { connect } from '../../../../core/registry/providers/index.ts';
import type { ConnectOptions } from '../../../../core/registry/providers/provider.ts';
import type { Credentials, Keychain, Registry } from '../../../../core/registry/registry.ts';
import { imageIndex } from '../../../../demo/registry/manifests.ts';
import { type RunningGitHub, startGitHub } from '../../../fakes/github/server.ts';
import type { Scope } from '../../../fakes/github/state.ts';

/** The token of the person in these tests: no message may ever hold it. */
export const token = 'ghp_Zm9yTmVpdGhlckxvZ3NOb3JFeWVz';
export const octocat: Credentials = { kind: 'basic', username: 'octocat', password: token };

/** Octocat, with a token of these scopes, and the organisation acme that they are in. */
export function populate({ state }: RunningGitHub, scopes: readonly Scope[] = ['read:packages', 'delete:packages', 'read:org']): void {
  state.accounts.set('octocat', { kind: 'User', memberOf: ['acme'] });
  state.accounts.set('acme', { kind: 'Organization' });
  state.tokens.set(token, { login: 'octocat', scopes });
}

/** Credentials for these hosts and no others, with what was asked for. */
export function keychainOf(credentials: Readonly<Record<string, Credentials>>): Keychain & { readonly asked: Set<string> } {
  const asked = new Set<string>();
  return {
    asked,
    async credentials(host) {
      asked.add(host);
      return credentials[host];
    },
  };
}

/** A `fetch` that takes the real names to the stand-ins over real sockets; other names are not reached. */
export function routed(
  places: Readonly<Record<string, string>>,
): Fetch & { readonly sent: { host: string; authorization: string | undefined }[] } {
  const sent: { host: string; authorization: string | undefined }[] = [];
  const fetch: Fetch = async (url, init) => {
    const { host, pathname, search, origin } = new URL(url);
    sent.push({ host, authorization: init.headers['authorization'] });
    const place = places[origin];
    if (place === undefined) throw new TypeError('fetch failed', { cause: Object.assign(new Error(host), { code: 'ENOTFOUND' }) });
    return globalThis.fetch(`${place}${pathname}${search}`, init);
  };
  return Object.assign(fetch, { sent });
}

export interface Stage {
  readonly github: RunningGitHub;
  /** A client of the stand-in with octocat's token. */
  open(changes?: ConnectOptions): Registry;
}

/** Stand-ins for GitHub before each test, with octocat and acme. */
export function stage(): Stage {
  let github: RunningGitHub;
  beforeEach(async () => {
    github = await startGitHub();
    populate(github);
  });
  afterEach(() => github.stop());
  return {
    get github() {
      return github;
    },
    open(changes = {}) {
      const { registry, api } = github;
      const keychain = keychainOf({ [registry.host]: octocat });
      return connect(registry.host, { kind: 'ghcr', api: api.url, keychain, timeout: 3000, ...changes });
    },
  };
}

export async function rows(registry: Registry, repository = 'acme/shop'): Promise<readonly ListedImage[]> {
  const found: ListedImage[] = [];
  for await (const { images } of registry.images(repository)) found.push(...images);
  return found;
}

export async function list(names: AsyncIterable<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const name of names) found.push(name);
  return found;
}

/** The RegistryError that `work` throws; neither it nor its sentence holds the token. */
export async function trouble(work: Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await work.then(
    () => undefined,
    reason => reason,
  );
  expect(error).toBeInstanceOf(RegistryError);
  expect(inspect(error, { depth: 9 }) + explain(error as RegistryError)).not.toContain(token);
  return error as RegistryError;
}

/** The bytes of a small index of this name. */
export function bytes(name: string): Uint8Array {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: imageIndex, manifests: [], annotations: { name } }));
}

/** The morning of a day of November 2026. */
export function at(day: number): string {
  return `2026-11-${String(day).padStart(2, '0')}T08:00:00Z`;
}
