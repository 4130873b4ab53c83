import type { Span } from '../text/span.ts';

/** A stretch of a string: plain text, or the inside of one `${{ … }}`. Offsets count in the string. */
export interface Piece {
  readonly kind: 'text' | 'expression';
  /** With `${{` and `}}`, for an expression. */
  readonly outer: Span;
  /** Without them; the same as `outer` for text. */
  readonly inner: Span;
}

/** Cuts a string at its expressions as GitHub's reader does: `}}` inside a quoted string does not end one, and one that is not closed is text. */
export function splitExpressions(value: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let open = value.indexOf('${{');
  while (open >= 0) {
    const close = closing(value, open + 3);
    if (close < 0) break;
    if (open > from) pieces.push(textPiece(from, open));
    pieces.push({ kind: 'expression', outer: { start: open, end: close + 2 }, inner: { start: open + 3, end: close } });
    from = close + 2;
    open = value.indexOf('${{', from);
  }
  if (from < value.length) pieces.push(textPiece(from, value.length));
  return pieces;
}

function textPiece(start: number, end: number): Piece {
  return { kind: 'text', outer: { start, end }, inner: { start, end } };
}

function closing(value: string, from: number): number {
  let quoted = false;
  for (let at = from; at < value.length; at++) {
    const character = value[at];
    if (character === "'") quoted = !quoted;
    else if (!quoted && character === '}' && value[at + 1] === '}') return at;
  }
  return -1;
}
