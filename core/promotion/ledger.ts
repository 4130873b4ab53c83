import type { Digest } from '../image/digest.ts';
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
  /** The moves of one tag, oldest first. */
  entries(of: TagName): Promise<readonly LedgerEntry[]>;
  append(entry: LedgerEntry): Promise<void>;
}

/** A ledger in a JSON-lines file, made with mode 0600 when first written. */
export declare function fileLedger(path: string): Ledger;
