import { displayWidth } from './cells.ts';

/** Columns of equal width, two spaces apart, without blanks at the line's end. Cells are printable and not painted yet. */
export function table(
  rows: readonly (readonly string[])[],
  look: (text: string, row: number, column: number) => string = text => text,
): string {
  const widths: number[] = [];
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
  return rows
    .map((row, index) => {
      let last = row.length - 1;
      while (last > 0 && row[last] === '') last--;
      return row
        .slice(0, last + 1)
        .map(
          (cell, column) => look(cell, index, column) + (column === last ? '' : ' '.repeat((widths[column] ?? 0) - displayWidth(cell) + 2)),
        )
        .join('');
    })
    .map(line => `${line}\n`)
    .join('');
}
