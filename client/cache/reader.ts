import { type Digest, isDigest } from '../../core/image/digest.ts';
import { manifestType, parseManifest } from '../../core/registry/manifest.ts';
import type { Manifest, Registry, RequestOptions } from '../../core/registry/registry.ts';
import type { Bodies } from './bodies.ts';

/**
 * A registry of which each manifest and blob that is named by digest is read once. For looking only: whoever moves or deletes something
 * asks the registry itself.
 */
export function cachedReader(registry: Registry, bodies: Bodies): Registry {
  /** Several rows may name one image: they wait for one request. */
  const running = new Map<Digest, Promise<unknown>>();

  async function once<T>(digest: Digest, read: () => Promise<T>): Promise<T> {
    // Whether the other one found it or was cancelled, the bytes tell.
    await running.get(digest)?.catch(() => undefined);
    const reading = read();
    running.set(digest, reading);
    try {
      return await reading;
    } finally {
      if (running.get(digest) === reading) running.delete(digest);
    }
  }

  async function manifest(repository: string, reference: string, options: RequestOptions = {}): Promise<Manifest | undefined> {
    if (!isDigest(reference)) return keep(await registry.manifest(repository, reference, options));
    return once(reference, async () => {
      const bytes = await bodies.read(reference);
      const data = bytes && parseManifest(bytes);
      if (bytes && data) return { digest: reference, mediaType: manifestType(null, data), size: bytes.byteLength, bytes };
      return keep(await registry.manifest(repository, reference, options));
    });
  }

  function keep(found: Manifest | undefined): Manifest | undefined {
    const data = found && parseManifest(found.bytes);
    // The media type must be told by the bytes, since nothing else is kept.
    if (found && data && manifestType(null, data) === found.mediaType) bodies.write(found.digest, found.bytes);
    return found;
  }

  async function blob(repository: string, digest: Digest, options: RequestOptions = {}): Promise<Uint8Array | undefined> {
    return once(digest, async () => {
      const known = await bodies.read(digest);
      if (known) return known;
      const bytes = await registry.blob(repository, digest, options);
      if (bytes) bodies.write(digest, bytes);
      return bytes;
    });
  }

  return Object.assign(Object.create(registry) as Registry, { manifest, blob });
}
