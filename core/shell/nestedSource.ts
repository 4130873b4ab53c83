import { type ParsedScript, parse } from 'unbash';
import { isLinear, sliceText } from '../image/split.ts';
import type { Part, Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ShellSource } from './source.ts';

interface Piece {
  readonly part: Part;
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
}

/** A value that a shell reads as a script: `bash -c "…"`, `ssh host '…'`, a here-document. What is not known of it is a letter in the text. */
export class NestedSource implements ShellSource {
  readonly path: string;
  readonly #pieces: readonly Piece[];
  readonly #text: string;
  #tree: ParsedScript | undefined;

  constructor(value: Template, path: string) {
    this.path = path;
    const pieces: Piece[] = [];
    let text = '';
    for (const part of value) {
      const written = part.kind === 'text' ? part.text : 'E';
      pieces.push({ part, start: text.length, end: text.length + written.length });
      text += written;
    }
    this.#pieces = pieces;
    this.#text = text;
  }

  get tree(): ParsedScript {
    this.#tree ??= parse(this.#text);
    return this.#tree;
  }

  slice(start: number, end: number): string {
    return this.#text.slice(start, end);
  }

  span(start: number, end: number): Span {
    const pieces = this.#between(start, Math.max(end, start + 1));
    const first = pieces[0] ?? this.#pieces.at(-1);
    const last = pieces.at(-1) ?? first;
    if (!first || !last) return { start: 0, end: 0 };
    const from = place(first, start).start;
    return { start: from, end: Math.max(from, end <= start ? from : place(last, end - 1).end) };
  }

  textOf(start: number, end: number): Template {
    return this.#between(start, end).flatMap(({ part, start: from, end: to }): Template => {
      if (part.kind !== 'text') return [part];
      return [sliceText(part, Math.max(0, start - from), Math.min(to, end) - from)];
    });
  }

  hasExpression(start: number, end: number): boolean {
    return this.#between(start, end).some(({ part }) => part.kind !== 'text');
  }

  #between(start: number, end: number): readonly Piece[] {
    return this.#pieces.filter(piece => piece.start < end && piece.end > start);
  }
}

/** Where one character of a piece stands; all that a computed text stands for is its place. */
function place({ part, start }: Piece, at: number): Span {
  if (part.kind !== 'text' || !isLinear(part)) return part.at;
  const offset = Math.min(Math.max(part.at.start, part.at.start + at - start), part.at.end);
  return { start: offset, end: Math.min(offset + 1, part.at.end) };
}
