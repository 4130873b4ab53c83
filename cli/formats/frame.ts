import type { LineMap } from '../../core/text/lines.ts';
import type { Span } from '../../core/text/span.ts';
import { cells } from './cells.ts';

/** A source line with its number, or (`number` absent) the line of carets below it, or (`text` is `...`) lines left out. */
export interface FrameLine {
  readonly number?: number;
  readonly text: string;
  readonly carets?: boolean;
}

/** More lines than this are shown by their first and last two. */
const maximumLines = 6;
/** A line is never laid out as a whole when it is longer: a minified file may be one line of half a megabyte. */
const maximumCharacters = 600;

/**
 * The source lines of a span with carets under its first and last line. `width` is what one line of text may take in terminal
 * columns; longer lines are cut around the carets.
 */
export function frame(lines: LineMap, span: Span, width: number): readonly FrameLine[] {
  const start = lines.position(span.start);
  const last = lines.position(span.end);
  // A span that ends with a line break ends on that line, not at the start of the next.
  const end = last.column === 0 && last.line > start.line ? { line: last.line - 1, column: lines.line(last.line - 1).length } : last;
  if (start.line === end.line) return marked(lines, start.line, start.column, Math.max(end.column, start.column + 1), width);
  const inner: FrameLine[] = [];
  const count = end.line - start.line + 1;
  for (let line = start.line + 1; line < end.line; line++) {
    if (count > maximumLines && line > start.line + 1 && line < end.line - 1) {
      if (line === start.line + 2) inner.push({ text: '...' });
      continue;
    }
    inner.push({ number: line + 1, text: cut(lines.line(line), 0, 0, width).text });
  }
  const opening = lines.line(start.line);
  const closing = lines.line(end.line);
  return [
    ...marked(lines, start.line, start.column, Math.max(opening.length, start.column + 1), width),
    ...inner,
    ...marked(lines, end.line, closing.length - closing.trimStart().length, Math.max(end.column, 1), width),
  ];
}

function marked(lines: LineMap, line: number, start: number, end: number, width: number): readonly FrameLine[] {
  const { text, before, under } = cut(lines.line(line), start, end, width);
  return [
    { number: line + 1, text },
    { text: ' '.repeat(before) + '^'.repeat(under), carets: true },
  ];
}

/** The part of a line around `start` that fits, with the columns before and under the carets. */
function cut(line: string, start: number, end: number, width: number): { text: string; before: number; under: number } {
  const skipped = line.length > maximumCharacters ? Math.max(0, start - maximumCharacters / 2) : 0;
  const shown = cells(line.slice(skipped, skipped + maximumCharacters));
  const column = (index: number) => shown[index]?.column ?? total;
  const index = (offset: number) => shown.findIndex(cell => cell.offset + skipped >= offset);
  const total = (shown.at(-1)?.column ?? 0) + (shown.at(-1)?.width ?? 0);
  const first =
    start >= line.length
      ? shown.length
      : Math.max(
          shown.findLastIndex(cell => cell.offset + skipped <= start),
          0,
        );
  const after = index(end) < 0 ? shown.length : index(end);
  const whole = skipped === 0 && line.length <= maximumCharacters && total <= width;
  // Two columns stay for the marks of what is cut off.
  const room = Math.max(width - 2, 10);
  const from = whole ? 0 : shown.findIndex((_, at) => column(first) - column(at) <= room * 0.6);
  const fits = shown.findIndex((cell, at) => at >= from && cell.column + cell.width - column(from) > room);
  const to = whole || fits < 0 ? shown.length : fits;
  const left = from > 0 || skipped > 0 ? '…' : '';
  const right = to < shown.length || skipped + maximumCharacters < line.length ? '…' : '';
  const part = shown.slice(from, to).map(({ text }) => text);
  return {
    text: (left + part.join('') + right).trimEnd(),
    before: left.length + column(first) - column(from),
    under: Math.max(column(Math.min(after, to)) - column(first), 1),
  };
}
