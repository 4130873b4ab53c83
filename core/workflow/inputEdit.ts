import type { Edit } from '../text/span.ts';
import type { Step } from './model.ts';

/**
 * The edit that gives a `uses:` step the input `name`, or another value to the one it has; `undefined` where the step is written in a form
 * in which one line more would not be right. `value` is written as it is.
 */
export function setStepInput(text: string, { uses, with: inputs, span }: Step, name: string, value: string): Edit | undefined {
  const given = inputs?.entries.get(name);
  if (given) return given.value.style.startsWith('BLOCK') ? undefined : { span: given.value.span, text: value };
  if (!uses || inputs?.flow) return undefined;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const [first] = [...(inputs?.entries.values() ?? [])];
  if (first) {
    const at = placeAbove(text, first.key.span.start);
    const indent = at === undefined ? undefined : indentBefore(text, at, /^ *$/);
    return at === undefined || indent === undefined
      ? undefined
      : { span: { start: at, end: at }, text: `${name}: ${value}${eol}${indent}` };
  }
  // `with:` without anything under it is no mapping yet.
  if (inputs || /^ *with:/m.test(text.slice(span.start, span.end))) return undefined;
  const key = text.lastIndexOf('uses', uses.span.start);
  const indent = indentBefore(text, key, /^[ -]*$/);
  if (indent === undefined || uses.span.end - uses.span.start !== text.slice(uses.span.start, uses.span.end).trimEnd().length)
    return undefined;
  const line = /[^\r\n]*/.exec(text.slice(uses.span.end))?.[0].length ?? 0;
  const end = uses.span.end + line;
  return { span: { start: end, end }, text: `${eol}${indent}with:${eol}${indent}  ${name}: ${value}` };
}

/**
 * Where another key can go above the one that begins at `at`: above the comments that belong to it too. `undefined` where these stand
 * in another column.
 */
export function placeAbove(text: string, at: number): number | undefined {
  let place = at;
  for (;;) {
    const start = text.lastIndexOf('\n', place - 1) + 1;
    const before = text.slice(text.lastIndexOf('\n', start - 2) + 1, Math.max(0, start - 1));
    const comment = start > 0 ? /^( *)#/.exec(before) : null;
    if (!comment) return place;
    if (comment[1]?.length !== place - start) return undefined;
    place = start - 1 - before.length + (comment[1]?.length ?? 0);
  }
}

/** As many spaces as stand before `at` in its line, where nothing else does but what `allowed` matches. */
function indentBefore(text: string, at: number, allowed: RegExp): string | undefined {
  const start = Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
  return allowed.test(text.slice(start, at)) ? ' '.repeat(at - start) : undefined;
}
