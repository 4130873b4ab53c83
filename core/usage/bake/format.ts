import { format } from '../../expression/functions.ts';
import { string, type Value } from '../../expression/value.ts';
import { derived, literal, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';

/** `%s` in order, as `format` takes it; other verbs are not followed. */
export function formatted(pattern: Template, args: readonly Template[], at: Span): Value | undefined {
  const pieces = literal(pattern)?.replace(/[{}]/g, '$&$&').split('%s');
  if (!pieces || pieces.some(piece => piece.includes('%'))) return undefined;
  const numbered = pieces.map((piece, index) => (index === 0 ? piece : `{${index - 1}}${piece}`)).join('');
  const made = format(derived(numbered, at), args, at);
  return made && string(made);
}
