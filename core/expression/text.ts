import { derived, type Part, type Template, text } from '../image/template.ts';
import { type Segment, segmentBefore } from '../text/sourceMap.ts';
import type { Span } from '../text/span.ts';
import { evaluate } from './evaluate.ts';
import type { Scope } from './scope.ts';
import { splitExpressions } from './split.ts';

/** A string of a workflow file with the way back to its characters; core/workflow's Scalar is one. */
export interface SourceText {
  readonly value: string;
  readonly segments: readonly Segment[];
  spanOf(start: number, end: number): Span;
}

/** A string with `${{ }}` in it as a Template: text with its exact places, expressions evaluated. */
export function evaluateText(source: SourceText, scope: Scope): Template {
  const { value } = source;
  if (!value.includes('${{')) return locatedText(source, 0, value.length);
  const parts: Part[] = [];
  for (const piece of splitExpressions(value)) {
    const { start, end } = piece.outer;
    if (piece.kind === 'text') parts.push(...locatedText(source, start, end));
    else parts.push(...evaluate(piece, scope, source.spanOf(start, end)));
  }
  return parts;
}

/** `[start, end)` of a value as text parts, one for each run that stands in the file as it is. */
export function locatedText(source: SourceText, start: number, end: number): Template {
  const { value, segments } = source;
  const whole = segments[segmentBefore(segments, start)];
  if (whole && end <= whole.value + whole.length && start < end) {
    const at = whole.source + (start - whole.value);
    return text(value.slice(start, end), { start: at, end: at + (end - start) });
  }
  const parts: Part[] = [];
  let from = start;
  for (let index = Math.max(0, segmentBefore(segments, start)); from < end; index++) {
    const segment = segments[index];
    if (!segment || segment.value >= end) break;
    const first = Math.max(segment.value, from);
    const last = Math.min(segment.value + segment.length, end);
    if (last <= first) continue;
    if (first > from) parts.push(...derived(value.slice(from, first), source.spanOf(from, first)));
    const at = segment.source + (first - segment.value);
    parts.push(...text(value.slice(first, last), { start: at, end: at + (last - first) }));
    from = last;
  }
  if (from < end) parts.push(...derived(value.slice(from, end), source.spanOf(from, end)));
  return parts;
}
