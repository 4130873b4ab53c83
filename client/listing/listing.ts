import type { AskPolicy } from './policyRoles.ts';
import type { Row } from './row.ts';

/** What a listing knows of itself. */
export interface Progress {
  /** Rows that are there, from disk or from the registry. */
  readonly loaded: number;
  /** How many images there are in all, where the registry says so. */
  readonly total?: number;
  /** Pages that were read in this pass. */
  readonly pages: number;
  /** Everything was read once: that it is being read again, or that it cannot be read now, takes no row away. */
  readonly complete: boolean;
  /** Milliseconds since 1970: when the registry last answered. */
  readonly at?: number;
  /** Milliseconds since 1970: rows come from disk and the registry has not answered since then. */
  readonly asOf?: number;
}

/** What is kept of a listing between two runs. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly rows: readonly Row[];
  readonly total?: number;
  /** These were all rows. */
  readonly complete?: boolean;
}

/** Where the last listing of a repository is kept. */
export interface ListingMemory {
  read(): Promise<Snapshot | undefined>;
  write(snapshot: Snapshot): void;
}

export interface ListingOptions {
  readonly memory?: ListingMemory;
  /** What the policy says of the repository and of these tags; what comes too late for the first rows is taken when it comes. */
  readonly roles?: AskPolicy;
  readonly now?: () => number;
}

/** What changed: rows by their keys, or which rows there are. */
export type Changed = readonly string[] | 'list';
