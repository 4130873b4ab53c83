import { type Finding, severityRank } from './rules/rule.ts';
import type { Call } from './usage/call.ts';

/** What is found in one of the ways in which a file runs. */
export interface Variant {
  readonly call: Call | undefined;
  readonly findings: readonly Finding[];
}

/**
 * The findings of a file that runs in several ways. What holds in several is said once, at its worst; what only some calls bring about
 * points at the first of them. So does, of a file that only others call, what is not found in it whoever calls it: `alone` are the places
 * (`placeOf`) where something is.
 */
export function together(variants: readonly Variant[], alone?: ReadonlySet<string>): readonly Finding[] {
  const [first, ...rest] = variants;
  if (!first || (rest.length === 0 && !alone)) return first?.findings ?? [];
  const byPlace = new Map<string, { findings: readonly Finding[]; call: Call | undefined; count: number }>();
  for (const { call, findings } of variants) {
    for (const [place, found] of grouped(findings)) {
      const before = byPlace.get(place);
      const worse = before && worst(found) < worst(before.findings);
      byPlace.set(place, {
        findings: before && !worse ? before.findings : found,
        call: before && !worse ? before.call : call,
        count: (before?.count ?? 0) + 1,
      });
    }
  }
  return [...byPlace].flatMap(([place, { findings, call, count }]) => {
    const depends = count < variants.length || (alone && !alone.has(place));
    return findings.map(finding => (depends && call ? pointingAt(call, finding) : finding));
  });
}

/** What a rule says of one place is one thing, whatever the words. */
export function placeOf({ rule, span }: Finding): string {
  return `${rule} ${span.start} ${span.end}`;
}

function grouped(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const place = placeOf(finding);
    const group = groups.get(place);
    if (group) group.push(finding);
    else groups.set(place, [finding]);
  }
  return groups;
}

function worst(findings: readonly Finding[]): number {
  return Math.min(...findings.map(({ severity }) => severityRank(severity)));
}

function pointingAt({ caller, at }: Call, finding: Finding): Finding {
  if (finding.related.some(({ path }) => path === caller.path)) return finding;
  return {
    ...finding,
    related: [...finding.related, { path: caller.path, span: at, message: 'This happens in the runs that are started from here.' }],
  };
}
