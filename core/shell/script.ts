import type { ParsedScript } from 'unbash';
import { evaluate } from '../expression/evaluate.ts';
import type { Scope } from '../expression/scope.ts';
import type { ExpressionPiece } from '../expression/split.ts';
import { locatedText, type SourceText } from '../expression/text.ts';
import type { Part, Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ShellSource } from './source.ts';
import { type ScriptSyntax, syntaxOf } from './syntax.ts';

/** A shell script with `${{ }}` in it: parsed as bash with the expressions masked, so that offsets in the tree are offsets in the script. */
export class Script implements ShellSource {
  readonly source: SourceText;
  readonly path: string;
  readonly scope: Scope;
  readonly syntax: ScriptSyntax;

  constructor(source: SourceText, path: string, scope: Scope) {
    this.source = source;
    this.path = path;
    this.scope = scope;
    this.syntax = syntaxOf(source.value);
  }

  get tree(): ParsedScript {
    return this.syntax.tree;
  }

  get expressions(): readonly ExpressionPiece[] {
    return this.syntax.expressions;
  }

  /** The file's characters for `[start, end)` of the script. */
  span(start: number, end: number): Span {
    // The parser counts one character too many for a backslash that ends the script.
    const { length } = this.source.value;
    return this.source.spanOf(Math.min(start, length), Math.min(end, length));
  }

  slice(start: number, end: number): string {
    return this.source.value.slice(start, end);
  }

  /** `[start, last)` of the script as it is written, expressions evaluated. */
  textOf(start: number, last: number): Template {
    const end = Math.min(last, this.source.value.length);
    if (this.expressions.length === 0) return locatedText(this.source, start, end);
    const parts: Part[] = [];
    let from = start;
    for (const piece of this.expressions) {
      const { outer } = piece;
      if (outer.end <= from || outer.start >= end) continue;
      if (outer.start > from) parts.push(...locatedText(this.source, from, outer.start));
      parts.push(...evaluate(piece, this.scope, this.span(outer.start, outer.end)));
      from = outer.end;
    }
    if (from < end) parts.push(...locatedText(this.source, from, end));
    return parts;
  }

  hasExpression(start: number, end: number): boolean {
    return this.syntax.hasExpression(start, end);
  }
}
