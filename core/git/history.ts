/** One commit as it is shown: text is already printable. */
export interface Commit {
  /** Full object name. */
  readonly id: string;
  readonly subject: string;
  readonly author: string;
  /** ISO 8601, when it was committed. */
  readonly time: string;
}

/** How one revision relates to another. `unknown`: at least one of them is not in this clone, or there is no git. */
export type Direction = 'same' | 'forward' | 'backward' | 'diverged' | 'unknown';

/** What lies between two revisions, seen from the first. */
export interface CommitRange {
  readonly direction: Direction;
  /** Newest first. Forward: what is gained; backward: what is taken away; diverged: what the second has and the first has not. */
  readonly commits: readonly Commit[];
  /** All of them; `commits` may hold fewer. */
  readonly total: number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
}
