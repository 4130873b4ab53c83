import { type ScalarStyle, type Segment, sourceSegments, toSource } from '../text/sourceMap.ts';
import type { Span } from '../text/span.ts';

/** A YAML scalar as text: its value and the way back from each of its characters to the file. */
export class Scalar {
  readonly value: string;
  /** As written, quotes or block header included. */
  readonly span: Span;
  readonly style: ScalarStyle;
  readonly #source: string;
  #segments: readonly Segment[] | undefined;

  constructor(source: string, value: string, span: Span, style: ScalarStyle) {
    this.#source = source;
    this.value = value;
    this.span = span;
    this.style = style;
  }

  /** Runs of the value that stand in the file character by character, in order. */
  get segments(): readonly Segment[] {
    this.#segments ??= sourceSegments(this.#source, this.span, this.style, this.value);
    return this.#segments;
  }

  /** The file's characters for `[start, end)` of the value. */
  spanOf(start: number, end: number): Span {
    const from = toSource(this.segments, start, this.span.start);
    if (end <= start) return { start: from, end: from };
    // A half-typed scalar may end with the file.
    return { start: from, end: Math.max(from, Math.min(this.#source.length, toSource(this.segments, end - 1, this.span.start) + 1)) };
  }
}
