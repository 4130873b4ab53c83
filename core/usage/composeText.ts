import { derived, hole, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ComposeText } from '../workflow/compose.ts';

/** Where a compose file's text is used, and what Compose fills its variables with. */
export interface ComposeUse {
  readonly path: string;
  readonly at: Span;
  /** What the text is, as a station of its way: `image of service web`. */
  readonly what: string;
  variable(name: string): Template | undefined;
}

const variable = /\$(?:\{(\w+)(?:(:?[-?+])((?:[^{}]|\$\{[^{}]*\})*))?\}|(\w+)|\$)/g;

/** A text of a compose file with the variables that Compose fills from its environment. */
export function composeText({ text, span }: ComposeText, { path, at, what, variable: find }: ComposeUse): Template {
  const template: Template[number][] = [];
  let from = 0;
  for (const match of text.matchAll(variable)) {
    template.push(...derived(text.slice(from, match.index), at));
    from = match.index + match[0].length;
    const [whole, braced, operator, word, plain] = match;
    const key = braced ?? plain;
    const value = key === undefined ? derived('$', at) : find(key);
    const preset = operator?.endsWith('-') && word !== undefined && !word.includes('$') ? derived(word, at) : undefined;
    // An empty value counts as none with `:-`; whether `.env` sets it nobody knows.
    template.push(...(value ?? preset ?? hole(whole, 'unknown', at)).map(part => ({ ...part, at })));
  }
  template.push(...derived(text.slice(from), at));
  const via = [{ path, span, what }];
  return template.map(part => ({ ...part, via: [...part.via, ...via] }));
}
