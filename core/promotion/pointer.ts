import type { Digest } from '../image/digest.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Expected } from './model.ts';

/** What the ledger says of one tag. */
export interface Pointer {
  /** What was last written; absent where the ledger has no entry. */
  readonly lastWritten?: Digest;
  /** What came before it, nearest first: the ways back. */
  readonly predecessors: readonly Predecessor[];
  /** Images that were rolled back from and not promoted again since. */
  readonly rolledBack: ReadonlySet<Digest>;
}

export interface Predecessor {
  readonly digest: Digest;
  /** The first move of ours that found or took the tag away from it. */
  readonly left: LedgerEntry;
}

/**
 * Reads a tag's moves, oldest first, as a stack: a promotion pushes, a rollback pops. So a second rollback goes further back, and
 * never forward to an image that was rolled back from. `current` settles moves whose end was not recorded.
 */
export function pointerOf(entries: readonly LedgerEntry[], current: Expected): Pointer {
  let stack: Predecessor['digest'][] = [];
  const left = new Map<Digest, LedgerEntry>();
  const rolledBack = new Set<Digest>();
  let lastWritten: Digest | undefined;
  for (const [index, entry] of entries.entries()) {
    if (!happened(entry, entries[index + 1], current)) continue;
    const { kind, from, to } = entry;
    // Another writer moved the tag between two of our moves.
    const top = stack.at(-1);
    if (top !== undefined) left.set(top, entry);
    if (from !== undefined && top !== from) stack.push(from);
    if (from !== undefined) left.set(from, entry);
    if (kind === 'rollback') {
      if (from !== undefined) rolledBack.add(from);
      const at = stack.lastIndexOf(to);
      stack = at >= 0 ? stack.slice(0, at + 1) : [...stack.slice(0, from === undefined ? undefined : -1), to];
    } else {
      stack.push(to);
    }
    rolledBack.delete(to);
    lastWritten = to;
  }
  const predecessors: Predecessor[] = [];
  for (const digest of stack.slice(0, -1).reverse()) {
    const entry = left.get(digest);
    const known = digest === lastWritten || rolledBack.has(digest) || predecessors.some(other => other.digest === digest);
    if (entry && !known) predecessors.push({ digest, left: entry });
  }
  return { ...(lastWritten && { lastWritten }), predecessors, rolledBack };
}

/** A move without a recorded end did happen where the next one, or the tag itself, starts from its digest. */
function happened({ state, to }: LedgerEntry, next: LedgerEntry | undefined, current: Expected): boolean {
  if (state === 'moved' || state === 'overwritten') return true;
  return state !== 'failed' && (next ? next.from : current) === to;
}
