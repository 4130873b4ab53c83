/** Half-open UTF-16 offsets into one file's text. Lines and columns exist only at the edges (server, CLI formats). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A span in one file of the workspace; `path` is relative to the workspace folder, with `/`. */
export interface Place {
  readonly path: string;
  readonly span: Span;
}

/** A value that keeps its place in the source. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

/** One replacement; an empty span inserts. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** Applies edits that do not overlap; their spans refer to `text` as it was. Throws a RangeError on an overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let result = '';
  let at = 0;
  for (const { span, text: replacement } of ordered) {
    if (span.start < at) throw new RangeError('edits overlap');
    result += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return result + text.slice(at);
}

/** True when the spans share a character, or an empty one lies inside the other. */
export function intersects(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}
