/** A place as people and editors count it: both from 0 here, UTF-16 columns. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Maps offsets to lines and back; `\n`, `\r\n` and a lone `\r` end a line, as in LSP. */
export class LineMap {
  readonly #starts: readonly number[];
  readonly text: string;

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 13 && text.charCodeAt(i + 1) === 10) continue;
      if (code === 10 || code === 13) starts.push(i + 1);
    }
    this.#starts = starts;
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Offsets outside the text are clamped to it. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: at - (this.#starts[low] as number) };
  }

  /** A column past the end of its line is clamped to the line. */
  offset({ line, column }: Position): number {
    if (line < 0) return 0;
    if (line >= this.#starts.length) return this.text.length;
    const start = this.#starts[line] as number;
    return Math.min(start + Math.max(0, column), start + this.line(line).length);
  }

  /** The text of one line without its line break. */
  line(index: number): string {
    const start = this.#starts[index];
    if (start === undefined) return '';
    const end = this.#starts[index + 1] ?? this.text.length;
    return this.text.slice(start, end).replace(/(?<![\r\n])[\r\n]+$/, '');
  }
}
