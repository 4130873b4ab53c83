import type { Place } from '../text/span.ts';

export type { Place };

/** Most to least severe; `severityRank` orders them. */
export const severities = ['error', 'warning', 'info', 'hint'] as const;
export type Severity = (typeof severities)[number];

export interface Related extends Place {
  readonly message: string;
}

export interface FileEdit extends Place {
  readonly text: string;
}

/** `safe`: right as it is and may be applied unseen; otherwise a suggestion that the user must look at. */
export interface Fix {
  readonly title: string;
  readonly safe: boolean;
  readonly edits: readonly FileEdit[];
}

/** What a rule says about one place. "Finding" in core, "diagnostic" only in the server. */
export interface Finding extends Place {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly related: readonly Related[];
  readonly fix?: Fix;
}

/** 0 is the most severe. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** The rule's page in the repository that package.json names. */
export function docsUrl(rule: string): string {
  return `https://github.com/tallyman/tallyman/blob/main/docs/rules/${rule}.md`;
}
