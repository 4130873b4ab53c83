import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Digest, isDigest } from '../image/digest.ts';
import type { TagName } from './model.ts';

/** One move of one tag, as a line of the ledger. `started` is written before the tag is, so that a crash leaves a trace. */
export interface LedgerEntry extends TagName {
  readonly version: 1;
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly kind: 'promote' | 'rollback';
  readonly state: 'started' | 'moved' | 'overwritten' | 'unverified' | 'failed';
  /** What the tag named before; absent where it did not exist. */
  readonly from?: Digest;
  readonly to: Digest;
}

/** What was where: registries do not remember. */
export interface Ledger {
  /** The moves of one tag, oldest first; each id once, in its last state. Throws a LedgerError. */
  entries(of: TagName): Promise<readonly LedgerEntry[]>;
  /** Throws a LedgerError. */
  append(entry: LedgerEntry): Promise<void>;
}

/** The ledger's file cannot be read or written; the message is a sentence for people. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

const mostBytes = 64 * 1024 * 1024;

/** A ledger in a JSON-lines file, made with mode 0600 when first written. Several processes may append to it at once. */
export function fileLedger(path: string): Ledger {
  const trouble = (doing: string, cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    return new LedgerError(`The ledger ${path} cannot be ${doing} (${code}).`, { cause });
  };
  return {
    async entries({ host, repository, tag }) {
      const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return '';
        throw trouble('read', cause);
      });
      if (text.length > mostBytes) throw new LedgerError(`The ledger ${path} is larger than ${mostBytes} bytes.`);
      const found = new Map<string, LedgerEntry>();
      for (const line of text.split('\n')) {
        const entry = parseEntry(line);
        if (entry && entry.host === host && entry.repository === repository && entry.tag === tag) found.set(entry.id, entry);
      }
      return [...found.values()];
    },

    async append(entry) {
      // A line that a crash has torn is closed first; one write with O_APPEND keeps writers apart.
      const line = `${JSON.stringify(entry)}\n`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const file = await open(path, 'a+', 0o600);
        try {
          const { size } = await file.stat();
          const end = new Uint8Array(1);
          const torn = size > 0 && (await file.read(end, 0, 1, size - 1)).bytesRead === 1 && end[0] !== 0x0a;
          await file.appendFile(torn ? `\n${line}` : line);
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (cause) {
        throw trouble('written', cause);
      }
    },
  };
}

const states = ['started', 'moved', 'overwritten', 'unverified', 'failed'] as const;

/** One line; `undefined` where it is torn, foreign, or of a version to come. */
function parseEntry(line: string): LedgerEntry | undefined {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof data !== 'object' || data === null) return undefined;
  const { version, id, time, kind, state, host, repository, tag, from, to } = data as Readonly<Record<string, unknown>>;
  const known = states.find(name => name === state);
  if (version !== 1 || !known || (kind !== 'promote' && kind !== 'rollback')) return undefined;
  if (![id, time, host, repository, tag].every(text => typeof text === 'string')) return undefined;
  if (Number.isNaN(Date.parse(String(time))) || typeof to !== 'string' || !isDigest(to)) return undefined;
  const before = typeof from === 'string' && isDigest(from) ? { from } : {};
  const texts = { id, time, host, repository, tag } as Readonly<Record<'id' | 'time' | 'host' | 'repository' | 'tag', string>>;
  return { version: 1, kind, state: known, to, ...texts, ...before };
}
