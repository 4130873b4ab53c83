import type { Facts } from '../image/facts.ts';
import type { Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';

/** What a name's value is, beside its text. `any`: nobody knows. */
export type ValueType = 'string' | 'boolean' | 'number' | 'any';

/** Where names get their values. */
export interface Scope {
  /** `context.name…` as a Template whose parts stand at `at`; `undefined` where nothing is known but the name. */
  lookup(path: readonly string[], at: Span): Template | undefined;
  /** What is known of a name in comparisons: `github.ref_name` is one of the trigger's branches there, though as a value it stays a name. */
  condition?(path: readonly string[], at: Span): Template | undefined;
  /** The type that a name is declared with. */
  type?(path: readonly string[]): ValueType | undefined;
  /** What a whole object (`inputs`) holds when it is written as JSON, where somebody outside fills a part of it. */
  object?(path: readonly string[], at: Span): Template | undefined;
  /** The events that may have started the run; absent where every event may have. */
  readonly events?: readonly string[] | undefined;
  /** What checks told of the values of expressions. */
  readonly facts?: Facts;
  /** What these events do not carry is empty, and no longer named. */
  readonly assumed?: boolean;
}
