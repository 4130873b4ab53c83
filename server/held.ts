import type { Finding } from '../core/rules/rule.ts';
import type { Place, Span } from '../core/text/span.ts';

/** The last text of a file that parsed, and what was found in it. */
export interface Good {
  readonly text: string;
  readonly findings: readonly Finding[];
}

/**
 * The findings of the last good text that still hold while the current text does not parse: those that lie wholly before or after
 * what was changed, moved to where their text is now. Fixes are left out, since they were computed for another text.
 */
export function heldFindings({ text: before, findings }: Good, path: string, now: string): readonly Finding[] {
  const prefix = commonPrefix(before, now);
  const suffix = commonSuffix(before, now, Math.min(before.length, now.length) - prefix);
  const changed = { start: prefix, end: before.length - suffix };
  const shift = now.length - before.length;
  // A span that touches the change is part of it: `:latest` may be growing into `:latest-1`.
  function moved({ start, end }: Span): Span | undefined {
    if (end < changed.start) return { start, end };
    return start > changed.end ? { start: start + shift, end: end + shift } : undefined;
  }
  function place<T extends Place>(one: T): T | undefined {
    const span = one.path === path ? moved(one.span) : one.span;
    return span && { ...one, span };
  }
  return findings.flatMap(({ fix: _, ...finding }) => {
    const kept = place(finding);
    return kept ? [{ ...kept, related: finding.related.flatMap(other => place(other) ?? []) }] : [];
  });
}

function commonPrefix(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

function commonSuffix(a: string, b: string, most: number): number {
  let length = 0;
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length += 1;
  return length;
}
