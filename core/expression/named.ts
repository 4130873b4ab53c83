import { choice, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';

/** A choice that is the same wherever `source` stands: an input with a default, what the event alone decides. */
export function named(value: Template, source: string): Template {
  const [only] = value;
  return value.length === 1 && only?.kind === 'choice' ? [{ ...only, source }] : value;
}

/** A name's value with its choices merged; it keeps the name that its choice has. */
export function nameChoice(value: Template, at: Span): Template {
  const made = choice([value], at);
  const [only] = value;
  return value.length === 1 && only?.kind === 'choice' && only.source !== undefined ? named(made, only.source) : made;
}
