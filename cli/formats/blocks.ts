import { isDigest } from '../../core/image/digest.ts';
import { type Block, plainText } from '../../core/inspection/blocks.ts';
import { type Layout, paint } from '../terminal.ts';
import { cells, displayWidth } from './cells.ts';
import { table } from './table.ts';

/** A name or a cell that is longer is broken before its neighbour is. */
const widestName = 44;
/** Fewer columns for a value than this cannot be read. */
const narrowest = 8;

/** Blocks as text for a terminal of that width, where lines are broken, or for a pipe, where none is. */
export function blocksText(blocks: readonly Block[], look: Layout): string {
  return blocks.map((block, index) => (index > 0 && blocks[index - 1]?.kind !== 'heading' ? '\n' : '') + blockText(block, look)).join('');
}

function blockText(block: Block, look: Layout): string {
  switch (block.kind) {
    case 'title':
    case 'heading':
      return lines(plainText(block.text), look.width)
        .map(line => `${paint(look, block.kind === 'title' ? 'bold' : 'cyan', line)}\n`)
        .join('');
    case 'line':
      return told(plainText(block.text), look.width);
    case 'warning':
      return lines(`! ${plainText(block.text)}`, look.width)
        .map(line => `${paint(look, 'yellow', line)}\n`)
        .join('');
    case 'list':
      return block.items.map(item => indented(plainText(item), '  ', look.width)).join('');
    case 'facts':
      return rowsText(
        block.rows.map(row => row.map(plainText)),
        look,
        0,
      );
    case 'table':
      return rowsText([block.head, ...block.rows.map(row => row.map(plainText))], look, 1);
  }
}

/** Rows in columns; on a terminal long cells go on below, so that nothing is lost. `heads` rows are painted as heads. */
function rowsText(rows: readonly (readonly string[])[], look: Layout, heads: number): string {
  const columns = Math.max(0, ...rows.map(row => row.length));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(0, ...rows.map(row => displayWidth(row[column] ?? ''))));
  const fitting = look.width === undefined ? widths : narrowed(widths, look.width);
  const broken = rows.flatMap((row, index) => {
    // A digest stays whole, to be copied: the terminal itself goes on below where it is a little too long.
    const parts = row.map((cell, column) => (column === row.length - 1 && isDigest(cell) ? [cell] : lines(cell, fitting[column])));
    const height = Math.max(1, ...parts.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) => ({ head: index < heads, cells: parts.map(part => part[line] ?? '') }));
  });
  return table(
    broken.map(row => row.cells),
    (text, row, column) => (broken[row]?.head ? paint(look, 'dim', text) : column === 0 && heads === 0 ? paint(look, 'dim', text) : text),
  );
}

/** Takes columns from the widest until all fit. */
function narrowed(widths: readonly number[], width: number): readonly number[] {
  const fitting = [...widths];
  if (fitting.length > 1 && (fitting[0] ?? 0) > widestName) fitting[0] = widestName;
  for (;;) {
    const excess = fitting.reduce((sum, one) => sum + one, 0) + 2 * (fitting.length - 1) - width;
    const widest = Math.max(...fitting);
    if (excess <= 0 || widest <= narrowest) return fitting;
    const next = Math.max(narrowest, ...fitting.filter(one => one < widest));
    const many = fitting.filter(one => one === widest).length;
    const less = Math.max(widest === next ? narrowest : next, widest - Math.ceil(excess / many));
    for (const [column, one] of fitting.entries()) if (one === widest) fitting[column] = less;
  }
}

function told(text: string, width: number | undefined): string {
  return lines(text, width)
    .map(line => `${line}\n`)
    .join('');
}

function indented(text: string, indent: string, width: number | undefined): string {
  return lines(text, width === undefined ? undefined : width - indent.length)
    .map(line => `${indent}${line}\n`)
    .join('');
}

/** A text in lines of at most `width` columns: broken at a space where there is one, else in the middle of a word. */
function lines(text: string, width: number | undefined): readonly string[] {
  if (width === undefined || displayWidth(text) <= width) return [text];
  const result: string[] = [];
  let line = '';
  let used = 0;
  let space = -1;
  for (const cell of cells(text)) {
    if (used + cell.width > width) {
      const at = space > 0 && cell.text !== ' ' ? space : line.length;
      result.push(line.slice(0, at).trimEnd());
      line = line.slice(at).trimStart();
      used = displayWidth(line);
      space = -1;
    }
    if (cell.text === ' ') space = line.length;
    line += cell.text;
    used += cell.width;
  }
  return line.trim() === '' ? result : [...result, line];
}
