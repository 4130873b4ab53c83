import type { ParsedScript } from 'unbash';
import type { Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';

/** Text that a shell reads: a step's script, or a string inside one that is handed to another shell. Offsets count in the text. */
export interface ShellSource {
  /** The file in which it stands. */
  readonly path: string;
  /** As bash parses it, with letters in the place of what is not known. */
  readonly tree: ParsedScript;
  /** The text as written. */
  slice(start: number, end: number): string;
  /** The file's characters for `[start, end)`. */
  span(start: number, end: number): Span;
  /** The value of `[start, end)`. */
  textOf(start: number, end: number): Template;
  /** Whether something stands there whose value comes from elsewhere. */
  hasExpression(start: number, end: number): boolean;
}
