/** Milliseconds that `run` takes. */
export function time(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value that `share` (0 to 1) of all lie below. */
export function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Rows of cells under a title; the first column is text, the others numbers. */
export function table(title: string, rows: readonly (readonly (string | number)[])[]): void {
  print(title);
  print();
  const cells = rows.map(row => row.map(cell => (typeof cell === 'number' ? cell.toFixed(Math.abs(cell) < 100 ? 2 : 0) : cell)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)));
  for (const row of cells)
    print(`  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`);
  print();
}
