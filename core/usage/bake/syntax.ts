import type { Value } from '../../expression/value.ts';
import type { Span } from '../../text/span.ts';

/** An expression of HCL; places are in its file. */
export type Expression =
  | { readonly kind: 'template'; readonly parts: readonly (string | Expression)[]; readonly span: Span }
  | { readonly kind: 'literal'; readonly value: number | boolean | null }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | { readonly kind: 'access'; readonly object: Expression; readonly key: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly span: Span }
  | { readonly kind: 'conditional'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'operation'; readonly operator: string; readonly args: readonly Expression[]; readonly span: Span }
  | Loop
  /** A value that another step made. */
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'unknown'; readonly span: Span };

/** `[for tag in TAGS : "app:${tag}" if tag != ""]`; with `resultKey` an object, `{for …}`. */
export interface Loop {
  readonly kind: 'for';
  /** The name of the index or key, where it has one. */
  readonly key?: string;
  readonly item: string;
  readonly over: Expression;
  readonly resultKey?: Expression;
  readonly result: Expression;
  readonly test?: Expression;
  readonly span: Span;
}

/** `target "app" { … }`. */
export interface Block {
  readonly type: string;
  readonly label: string;
  readonly attributes: ReadonlyMap<string, Expression>;
}

/** A bake file: its blocks, and attributes outside them. */
export interface BakeFile {
  readonly path: string;
  readonly blocks: readonly Block[];
}
