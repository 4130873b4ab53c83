import type { Answers } from './live/answers.ts';
import { liveRules } from './live/index.ts';
import type { ImageUse } from './live/uses.ts';
import { noPolicy } from './policy/policy.ts';
import type { Finding } from './rules/rule.ts';
import { suppress } from './suppress.ts';
import type { Workspace } from './workspace/workspace.ts';

/** A file's references, what is known of them, and when this is asked (milliseconds since 1970). */
export interface Look {
  readonly uses: readonly ImageUse[];
  readonly answers: Answers;
  readonly now: number;
}

/** What is found in a file by what registries hold, in source order, each thing once a place. Pure: it asks nobody and waits for nothing. */
export function liveFindings(workspace: Workspace, path: string, { uses, answers, now }: Look): readonly Finding[] {
  const { policy } = workspace;
  const found = new Map<string, Finding>();
  for (const { id, severity, check } of liveRules) {
    const chosen = policy === noPolicy ? undefined : policy.severity(id, path);
    if (chosen === 'off') continue;
    const report: Parameters<typeof check>[1]['report'] = ({ at, message, related = [] }) => {
      const places = related.map(({ path: from = path, span, message: text }) => ({ path: from, span, message: text }));
      found.set(`${id} ${at.start} ${at.end} ${message}`, {
        rule: id,
        severity: chosen ?? severity,
        message,
        path,
        span: at,
        related: places,
      });
    };
    for (const use of uses) check(use, { path, workspace, uses, answers, now, report });
  }
  const findings = [...found.values()].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const lines = findings.length > 0 && workspace.text(path)?.includes('tallyman:') ? workspace.lines(path) : undefined;
  // Nothing is said of the comments: one that ignores nothing now may tomorrow.
  return lines ? suppress(path, lines, findings, { rules: liveRules, off: new Set(), whole: false }).findings : findings;
}
