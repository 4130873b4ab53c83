import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is left after tidying, as a share of what the folder may hold: so that not every further file tidies again. */
const keptShare = 0.8;
/** A file that was read within this time, in milliseconds, counts as just used without being touched again. */
const recent = 86_400_000;

interface File {
  readonly name: string;
  readonly size: number;
  readonly used: number;
}

/**
 * Files in a folder that only the user may read, bounded in bytes: what was not used for the longest time goes first. Several windows may
 * share it. A cache: whatever goes wrong with the disk is as if the file were not there.
 */
export class BoundedFolder {
  readonly #path: string;
  readonly #most: number;
  /** Bytes in it, as far as this window knows; `undefined` until it was counted. */
  #held: number | undefined;
  #tidying: Promise<void> = Promise.resolve();

  /** `path` is absolute; `most` is in bytes. */
  constructor(path: string, most: number) {
    this.#path = path;
    this.#most = most;
  }

  /** A file's bytes; `undefined` where it is not there or cannot be read. */
  async read(name: string): Promise<Uint8Array | undefined> {
    const path = join(this.#path, name);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes) void this.#touch(path);
    return bytes;
  }

  /** Writes aside and renames, so that another window never reads half a file. A file that is too large for the folder is left out. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength > this.#most * keptShare) return;
    const aside = join(this.#path, `${randomUUID()}.part`);
    try {
      await mkdir(this.#path, { recursive: true, mode: 0o700 });
      await writeFile(aside, bytes, { mode: 0o600 });
      await rename(aside, join(this.#path, name));
    } catch {
      await rm(aside, { force: true }).catch(() => undefined);
      return;
    }
    this.#tidying = this.#tidying.then(() => this.#tidy(bytes.byteLength)).catch(() => undefined);
    await this.#tidying;
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#path, name), { force: true }).catch(() => undefined);
  }

  async clear(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true }).catch(() => undefined);
    this.#held = undefined;
  }

  async #touch(path: string): Promise<void> {
    const now = Date.now();
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs > recent) await utimes(path, now / 1000, now / 1000);
  }

  async #tidy(added: number): Promise<void> {
    if (this.#held !== undefined && this.#held + added <= this.#most) {
      this.#held += added;
      return;
    }
    const files = (await this.#files()).sort((a, b) => a.used - b.used);
    let held = files.reduce((sum, { size }) => sum + size, 0);
    if (held > this.#most) {
      for (const { name, size } of files) {
        if (held <= this.#most * keptShare) break;
        await this.remove(name);
        held -= size;
      }
    }
    this.#held = held;
  }

  async #files(): Promise<File[]> {
    const names = await readdir(this.#path);
    const files = names.map(async (name): Promise<File | undefined> => {
      const found = await stat(join(this.#path, name)).catch(() => undefined);
      return found && { name, size: found.size, used: found.mtimeMs };
    });
    return (await Promise.all(files)).filter(file => file !== undefined);
  }
}
