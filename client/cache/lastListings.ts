import { createHash } from 'node:crypto';
import { digestOf } from '../../core/image/digest.ts';
import type { ListingMemory, Snapshot } from '../listing/listing.ts';
import type { Row } from '../listing/row.ts';
import type { BoundedFolder } from './boundedFolder.ts';

/** The form of the files; those of another form count as none. */
const version = 1;
/** Milliseconds in which the writes of one listing become one. */
const gather = 1000;
/** Rows that are kept of one listing. */
const mostRows = 10_000;

/** What repositories listed when they were last looked at, a file each. Nothing of it is secret but what the registry itself tells. */
export class LastListings implements ListingMemory {
  readonly #folder: BoundedFolder;
  readonly #pending = new Map<string, Snapshot>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(folder: BoundedFolder) {
    this.#folder = folder;
  }

  async read(host: string, repository: string): Promise<Snapshot | undefined> {
    const name = nameOf(host, repository);
    const pending = this.#pending.get(name);
    if (pending) return pending;
    const bytes = await this.#folder.read(name);
    return bytes && parse(bytes);
  }

  async write(host: string, repository: string, snapshot: Snapshot): Promise<void> {
    this.#pending.set(nameOf(host, repository), snapshot);
    this.#timer ??= setTimeout(() => void this.flush(), gather);
  }

  /** Writes what is waiting to be written. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [name, snapshot] of pending) await this.#folder.write(name, format(snapshot));
  }

  async clear(): Promise<void> {
    this.#pending.clear();
    await this.#folder.clear();
  }
}

function nameOf(host: string, repository: string): string {
  return `${createHash('sha256').update(`${host}/${repository}`).digest('hex')}.json`;
}

/** The digest of the rest in the first line, so that a file that was cut short or changed counts as none. */
function format({ at, rows, total }: Snapshot): Uint8Array {
  const text = JSON.stringify({ version, at, total, rows: rows.slice(0, mostRows) });
  return Buffer.from(`${digestOf(text)}\n${text}`);
}

function parse(bytes: Uint8Array): Snapshot | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf(10);
  const body = buffer.subarray(end + 1);
  if (end < 0 || buffer.subarray(0, end).toString() !== digestOf(body)) return undefined;
  const kept = JSON.parse(body.toString()) as { version: number; at: number; total?: number; rows: Row[] };
  if (kept.version !== version) return undefined;
  return { at: kept.at, rows: kept.rows, ...(kept.total !== undefined && { total: kept.total }) };
}
