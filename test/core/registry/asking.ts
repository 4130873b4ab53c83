import { inspect } from 'node:util';
import { expect } from 'vitest';
import { RegistryError } from '../../../core/registry/errors.ts';
import { explain } from '../../../core/registry/explain.ts';
import type { Fetch } from '../../../core/registry/fetch.ts';
import type { ListedImage } from '../../../core/registry/listing.ts';
import type { Credentials, Keychain, Registry } from '../../../core/registry/registry.ts';
import { imageIndex } from '../../../demo/registry/manifests.ts';

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

/** The bytes of a small index of this name. */
export function bytes(name: string): Uint8Array {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: imageIndex, manifests: [], annotations: { name } }));
}

/** The morning of a day of November 2026. */
export function at(day: number): string {
  return `2026-11-${String(day).padStart(2, '0')}T08:00:00Z`;
}

/** The RegistryError that `work` throws; neither it nor its sentence holds a secret of these tests. */
export async function trouble(work: Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await work.then(
    () => undefined,
    reason => reason,
  );
  expect(error).toBeInstanceOf(RegistryError);
  expect(inspect(error, { depth: 9 }) + explain(error as RegistryError)).not.toMatch(/Zm9yTmVpdGhlcg/);
  return error as RegistryError;
}
