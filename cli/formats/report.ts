import type { Finding, Severity } from '../../core/rules/rule.ts';
import type { LineMap } from '../../core/text/lines.ts';

/** A finding that is not reported: a comment in its file ignores it, or a baseline knows it. */
export interface Suppressed {
  readonly finding: Finding;
  readonly by: 'comment' | 'baseline';
  /** What the comment says; empty where nothing is said. */
  readonly reason: string;
}

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
  /** Cut and ordered as the findings. */
  readonly suppressed?: readonly Suppressed[];
  /** Sentences about files that could not be read, checked or written. */
  readonly problems?: readonly string[];
  /** The source of a file that a finding names; `undefined` where it is not held. */
  lines(path: string): LineMap | undefined;
  /** A path as the repository knows it, which is how others than the reader's terminal find it; absent where they are the same. */
  readonly inRepository?: (path: string) => string;
}
