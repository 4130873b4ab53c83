import { printable } from '../../core/text/printable.ts';

/** One user-perceived character of a source line, as a terminal shows it. */
export interface Cell {
  readonly text: string;
  /** Terminal columns: 2 for CJK and emoji, 0 for what is not shown. */
  readonly width: number;
  /** Terminal columns before it. */
  readonly column: number;
  /** UTF-16 offset in the line. */
  readonly offset: number;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
// East Asian Wide and Fullwidth (Unicode UAX 11), by script where one stands for it.
const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u303e\u30a0-\u30ff\u3200-\u33ff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/u;
const emoji =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}(?=[\u200d\ufe0f]))(?:\p{Extended_Pictographic}|\p{Emoji_Presentation}|\p{Emoji_Modifier}|\u200d|\ufe0f)*$/u;
const tabStop = 4;

/** Cuts a line into cells: tabs become spaces to the next stop, characters that forge terminal output are dropped. */
export function cells(line: string): readonly Cell[] {
  // Most lines, and the segmenter is a hundred times slower.
  if (/^[ -~]*$/.test(line)) return Array.from(line, (text, at) => ({ text, width: 1, column: at, offset: at }));
  const result: Cell[] = [];
  let column = 0;
  for (const { segment, index } of graphemes.segment(line)) {
    const cell = { ...look(segment, column), column, offset: index };
    column += cell.width;
    result.push(cell);
  }
  return result;
}

/** Terminal columns of a text on one line. */
export function displayWidth(text: string): number {
  const last = cells(text).at(-1);
  return last ? last.column + last.width : 0;
}

function look(segment: string, column: number): { text: string; width: number } {
  const code = segment.charCodeAt(0);
  if (segment.length === 1 && code >= 0x20 && code < 0x7f) return { text: segment, width: 1 };
  if (segment === '\t') {
    const width = tabStop - (column % tabStop);
    return { text: ' '.repeat(width), width };
  }
  if (emoji.test(segment)) return { text: segment, width: 2 };
  const text = printable(segment);
  if (text === '') return { text, width: 0 };
  return { text, width: wide.test(text) ? 2 : 1 };
}
