import type { Span } from './span.ts';

/** A run of characters that stand in the value exactly as in the source. */
export interface Segment {
  /** Offset in the value. */
  readonly value: number;
  /** Offset in the file. */
  readonly source: number;
  readonly length: number;
}

/** How a YAML scalar is written; the names are those of the `yaml` package. */
export type ScalarStyle = 'PLAIN' | 'QUOTE_SINGLE' | 'QUOTE_DOUBLE' | 'BLOCK_LITERAL' | 'BLOCK_FOLDED';

/**
 * Maps a scalar's value (after folding, unescaping and stripping of indentation) back to the characters it was written with.
 * `source` spans the scalar in `text`, quotes or block header included. Characters with no counterpart of their own
 * (a folded line break, an escape) belong to no segment.
 */
export function sourceSegments(text: string, source: Span, style: ScalarStyle, value: string): readonly Segment[] {
  switch (style) {
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return blockSegments(text, source, value);
    case 'QUOTE_SINGLE':
    case 'QUOTE_DOUBLE':
      return flowSegments(text, { start: source.start + 1, end: source.end - 1 }, value, style);
    case 'PLAIN':
      return flowSegments(text, source, value, style);
  }
}

/** The index of the last segment that begins at value offset `at` or before it; -1 where none does. */
export function segmentBefore(segments: readonly Segment[], at: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((segments[middle] as Segment).value <= at) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

/** Where value offset `at` was written; between segments, the end of the one before. */
export function toSource(segments: readonly Segment[], at: number, fallback: number): number {
  const found = segments[segmentBefore(segments, at)];
  if (!found) return segments[0]?.source ?? fallback;
  return found.source + Math.min(at - found.value, found.length);
}

/** One segment a content line; the value's lines appear in order, each without the block's indentation. */
function blockSegments(text: string, source: Span, value: string): readonly Segment[] {
  const segments: Segment[] = [];
  let line = lineEnd(text, source.start, source.end).next;
  let at = 0;
  while (line < source.end && at < value.length) {
    const { end, next } = lineEnd(text, line, source.end);
    let start = line;
    while (start < end && text[start] === ' ') start++;
    if (start < end) {
      // The indentation may be part of the value (more-indented lines): take the widest match that starts in it.
      let found = value.indexOf(text.slice(start, end), at);
      const length = end - start;
      if (found < 0) found = at;
      let extra = 0;
      while (start - extra > line && found - extra > at && value[found - extra - 1] === ' ') extra++;
      segments.push({ value: found - extra, source: start - extra, length: length + extra });
      at = found + length;
    }
    line = next;
  }
  return segments;
}

function lineEnd(text: string, from: number, limit: number): { end: number; next: number } {
  const newline = text.indexOf('\n', from);
  if (newline < 0 || newline >= limit) return { end: limit, next: limit };
  return { end: text[newline - 1] === '\r' && newline - 1 >= from ? newline - 1 : newline, next: newline + 1 };
}

/** Plain and quoted scalars: walks both sides together, past escapes and folded line breaks. */
function flowSegments(text: string, source: Span, value: string, style: ScalarStyle): readonly Segment[] {
  if (source.end - source.start === value.length && text.startsWith(value, source.start)) {
    return value === '' ? [] : [{ value: 0, source: source.start, length: value.length }];
  }
  const segments: Segment[] = [];
  let open: { value: number; source: number; length: number } | undefined;
  let from = source.start;
  let at = 0;
  const close = () => {
    if (open) segments.push(open);
    open = undefined;
  };
  while (from < source.end && at < value.length) {
    const written = text[from] as string;
    if (written === '\n' || written === '\r' || (/[ \t]/.test(written) && breaksNext(text, from, source.end))) {
      close();
      const after = skipFold(text, from, source.end);
      // One break folds to a space, n breaks to n-1 newlines.
      at += Math.max(1, after.breaks - 1);
      from = after.from;
    } else if (style === 'QUOTE_SINGLE' && written === "'" && text[from + 1] === "'") {
      close();
      from += 2;
      at += 1;
    } else if (style === 'QUOTE_DOUBLE' && written === '\\') {
      close();
      const sequence = escapeLength(text, from);
      from += sequence.written;
      at += sequence.value;
    } else {
      if (open) open.length++;
      else open = { value: at, source: from, length: 1 };
      from++;
      at++;
    }
  }
  close();
  return segments;
}

function breaksNext(text: string, from: number, limit: number): boolean {
  let at = from;
  while (at < limit && (text[at] === ' ' || text[at] === '\t')) at++;
  return at < limit && (text[at] === '\n' || text[at] === '\r');
}

function skipFold(text: string, from: number, limit: number): { from: number; breaks: number } {
  let breaks = 0;
  let at = from;
  while (at < limit && /[ \t\r\n]/.test(text[at] as string)) {
    if (text[at] === '\n') breaks++;
    at++;
  }
  return { from: at, breaks };
}

const escapeDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function escapeLength(text: string, from: number): { written: number; value: number } {
  const kind = text[from + 1] ?? '';
  if (kind === '\n' || kind === '\r') return { written: skipFold(text, from + 1, text.length).from - from, value: 0 };
  const digits = escapeDigits[kind] ?? 0;
  const wide = kind === 'U' && Number.parseInt(text.slice(from + 2, from + 10), 16) > 0xffff;
  return { written: 2 + digits, value: wide ? 2 : 1 };
}
