import type { Progress, Snapshot } from './listing.ts';
import { kept, type Row } from './row.ts';

/** Rows that are kept for the next run. */
const mostKept = 12_000;

/** What the next run is given of a listing that the registry last answered for at this time, in milliseconds since 1970. */
export function snapshotOf(rows: Iterable<Row>, { total, complete }: Progress, at: number): Snapshot {
  const there = [...rows].filter(({ state }) => state.status !== 'gone');
  return {
    at,
    rows: there.slice(0, mostKept).map(kept),
    ...(total !== undefined && { total }),
    ...(complete && there.length <= mostKept && { complete }),
  };
}
