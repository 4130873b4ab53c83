/** The candidate that a person may have meant by `word`: one or two slips away, fewer in short words; `undefined` where none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const written = word.toLowerCase();
  let found: string | undefined;
  let fewest = written.length < 6 ? 1 : 2;
  for (const candidate of candidates) {
    const slips = distance(written, candidate.toLowerCase(), fewest);
    if (slips > fewest || (slips === fewest && found !== undefined)) continue;
    fewest = slips;
    found = candidate;
  }
  return found;
}

/**
 * Letters to insert, delete, replace or swap with their neighbour to make one word of the other; `_` and `-` are the same, as both are
 * written for the other. Anything above `limit` is only known to be above it.
 */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  const same = (x: string | undefined, y: string | undefined) =>
    x === y || (x !== undefined && y !== undefined && /[-_]/.test(x) && /[-_]/.test(y));
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (same(a[i - 1], b[j - 1]) ? 0 : 1);
      let least = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
      const swapped = i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
      if (swapped) least = Math.min(least, (before[j - 2] as number) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] as number;
}
