import { type ParsedScript, parse } from 'unbash';
import { type Template, text } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ShellSource } from './source.ts';

/** A script that is a file of its own. */
export class FileSource implements ShellSource {
  readonly path: string;
  readonly #text: string;
  #tree: ParsedScript | undefined;

  constructor(content: string, path: string) {
    this.#text = content;
    this.path = path;
  }

  get tree(): ParsedScript {
    this.#tree ??= parse(this.#text);
    return this.#tree;
  }

  slice(start: number, end: number): string {
    return this.#text.slice(start, end);
  }

  span(start: number, end: number): Span {
    const { length } = this.#text;
    return { start: Math.min(start, length), end: Math.min(end, length) };
  }

  textOf(start: number, end: number): Template {
    return text(this.#text.slice(start, end), this.span(start, end));
  }

  hasExpression(): boolean {
    return false;
  }
}
