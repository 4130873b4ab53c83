import { LRUCache } from 'lru-cache';
import { type Digest, digestOf } from '../../core/image/digest.ts';
import type { BoundedFolder } from './boundedFolder.ts';

/** Bytes that are held in memory besides. */
const mostHeld = 8 * 1024 * 1024;

/** Manifests and image configurations by the digest of their bytes: what a digest names never changes. */
export class Bodies {
  readonly #held = new LRUCache<Digest, Uint8Array>({ maxSize: mostHeld, sizeCalculation: bytes => bytes.byteLength + 200 });
  readonly #folder: BoundedFolder | undefined;

  /** Without a folder they last as long as the window. */
  constructor(folder?: BoundedFolder) {
    this.#folder = folder;
  }

  /** The bytes, checked against the digest each time they come from disk; `undefined` where they are not there. */
  async read(digest: Digest): Promise<Uint8Array | undefined> {
    const held = this.#held.get(digest);
    if (held) return held;
    const name = nameOf(digest);
    const bytes = await this.#folder?.read(name);
    if (!bytes) return undefined;
    if (digestOf(bytes) !== digest) {
      await this.#folder?.remove(name);
      return undefined;
    }
    this.#held.set(digest, bytes);
    return bytes;
  }

  /** Keeps bytes that were checked against their digest. */
  write(digest: Digest, bytes: Uint8Array): void {
    if (this.#held.has(digest)) return;
    this.#held.set(digest, bytes);
    void this.#folder?.write(nameOf(digest), bytes);
  }

  async clear(): Promise<void> {
    this.#held.clear();
    await this.#folder?.clear();
  }
}

function nameOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
