import { createHash } from 'node:crypto';
import { digestOf } from '../../core/image/digest.ts';
import type { BoundedFolder } from './boundedFolder.ts';

/** The form of the files; those of another form count as none. */
const version = 1;
/** Milliseconds in which the writes under one name become one. */
const gather = 1000;

/**
 * What registries listed when they were last asked, a file for each name. Nothing of it is secret but what the registry itself tells. What
 * is kept must be plain JSON.
 */
export class LastListings {
  readonly #folder: BoundedFolder;
  readonly #pending = new Map<string, unknown>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(folder: BoundedFolder) {
    this.#folder = folder;
  }

  /** What was kept under this name, which only one kind of thing is kept under. */
  async read<T>(name: string): Promise<T | undefined> {
    if (this.#pending.has(name)) return this.#pending.get(name) as T;
    const bytes = await this.#folder.read(fileOf(name));
    return bytes && (parse(bytes) as T | undefined);
  }

  write(name: string, value: unknown): void {
    this.#pending.set(name, value);
    this.#timer ??= setTimeout(() => void this.flush(), gather);
  }

  /** Writes what is waiting to be written. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [name, value] of pending) await this.#folder.write(fileOf(name), format(value));
  }

  async clear(): Promise<void> {
    this.#pending.clear();
    await this.#folder.clear();
  }
}

function fileOf(name: string): string {
  return `${createHash('sha256').update(name).digest('hex')}.json`;
}

/** The digest of the rest in the first line, so that a file that was cut short or changed counts as none. */
function format(value: unknown): Uint8Array {
  const text = JSON.stringify({ version, value });
  return Buffer.from(`${digestOf(text)}\n${text}`);
}

function parse(bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf(10);
  const body = buffer.subarray(end + 1);
  if (end < 0 || buffer.subarray(0, end).toString() !== digestOf(body)) return undefined;
  const kept = JSON.parse(body.toString()) as { readonly version: number; readonly value: unknown };
  return kept.version === version ? kept.value : undefined;
}
