import type { Expr } from '@actions/expressions';
import type { Span } from '../text/span.ts';
import { parseExpression } from './parse.ts';

/** A stretch of a string. Offsets count in the string. */
export type Piece = TextPiece | ExpressionPiece;

interface TextPiece {
  readonly kind: 'text';
  readonly outer: Span;
}

/** The inside of one `${{ … }}`, parsed when it is asked for. */
export class ExpressionPiece {
  readonly kind = 'expression';
  /** With `${{` and `}}`. */
  readonly outer: Span;
  /** Without them. */
  readonly inner: Span;
  /** The inside without the space around it. */
  readonly source: string;
  #expression: Expr | false | undefined;

  constructor(value: string, start: number, close: number) {
    this.outer = { start, end: close + 2 };
    this.inner = { start: start + 3, end: close };
    this.source = value.slice(start + 3, close).trim();
  }

  /** `undefined` where it is no expression. */
  get expression(): Expr | undefined {
    this.#expression ??= parseExpression(this.source) ?? false;
    return this.#expression || undefined;
  }
}

/** Texts that recur, `${{ github.sha }}` in every file, are cut once; longer ones are scripts, which are kept elsewhere. */
const cache = new Map<string, readonly Piece[]>();
const maxCached = 5000;
const maxLength = 300;

/** Cuts a string at its expressions as GitHub's reader does: `}}` inside a quoted string does not end one, and one that is not closed is text. */
export function splitExpressions(value: string): readonly Piece[] {
  if (value.length > maxLength) return cut(value);
  const known = cache.get(value);
  if (known) return known;
  if (cache.size >= maxCached) cache.clear();
  const pieces = cut(value);
  cache.set(value, pieces);
  return pieces;
}

function cut(value: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let open = value.indexOf('${{');
  while (open >= 0) {
    const close = closing(value, open + 3);
    if (close < 0) break;
    if (open > from) pieces.push({ kind: 'text', outer: { start: from, end: open } });
    pieces.push(new ExpressionPiece(value, open, close));
    from = close + 2;
    open = value.indexOf('${{', from);
  }
  if (from < value.length) pieces.push({ kind: 'text', outer: { start: from, end: value.length } });
  return pieces;
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
