import type { Finding, Severity } from '../../core/rules/rule.ts';
import type { LineMap } from '../../core/text/lines.ts';

/** What a run of `check` has to say; paths are as they are shown, relative to the current folder with `/`. */
export interface Report {
  /** How many files were checked. */
  readonly files: number;
  /** Already cut to the severities asked for, by path and place. */
  readonly findings: readonly Finding[];
  /** How many findings were fixed before. */
  readonly fixed?: number;
  /** How many were left out by `--min-severity`, where that is worth a word. */
  readonly hidden?: Readonly<Partial<Record<Severity, number>>>;
  /** The source of a file that a finding names; `undefined` where it is not held. */
  lines(path: string): LineMap | undefined;
}
