import { type Finding, severityRank } from './rules/rule.ts';
import type { Call } from './usage/call.ts';

interface Variant {
  readonly call: Call | undefined;
  readonly findings: readonly Finding[];
}

/**
 * The findings of a file that runs in several ways. What holds in several is said once, at its worst; what only some calls bring about
 * points at the first of them.
 */
export function together(variants: readonly Variant[]): readonly Finding[] {
  const [first, ...rest] = variants;
  if (!first || rest.length === 0) return first?.findings ?? [];
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
  return [...byPlace.values()].flatMap(({ findings, call, count }) =>
    findings.map(finding => (count < variants.length && call ? pointingAt(call, finding) : finding)),
  );
}

function grouped(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const place = `${finding.rule} ${finding.span.start} ${finding.span.end}`;
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
