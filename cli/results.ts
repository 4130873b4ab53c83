import { join, relative } from 'node:path';
import { type Baseline, type BaselineEntry, baselineEntry, unknownTo } from '../core/baseline.ts';
import type { Judgement } from '../core/lint.ts';
import { type Finding, type Severity, severityRank } from '../core/rules/rule.ts';
import { LineMap } from '../core/text/lines.ts';
import type { Place } from '../core/text/span.ts';
import type { Workspace } from '../core/workspace/workspace.ts';
import type { Report, Suppressed } from './formats/report.ts';

/** What one thread found, as plain data. */
export interface Part {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  readonly problems: readonly string[];
  readonly files: number;
  /** The texts of the files with findings, by the paths that are shown. */
  readonly texts: readonly (readonly [path: string, text: string])[];
}

/** What was found in several workspaces, under the paths that are shown. */
export class Results {
  readonly findings: Finding[] = [];
  /** Sentences about files that could not be read, checked or written. */
  readonly problems: string[] = [];
  /** Paths are shown from here. */
  readonly cwd: string;
  readonly #suppressed: Suppressed[] = [];
  readonly #lines = new Map<string, LineMap>();
  #files = 0;
  #fixed = 0;

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  /** A path of the workspace at `root` as it is shown. */
  shown(root: string, path: string): string {
    return relative(this.cwd, join(root, path)).replaceAll('\\', '/');
  }

  /** Something could not be done; said once. */
  trouble(sentence: string): void {
    if (!this.problems.includes(sentence)) this.problems.push(sentence);
  }

  count(files: number): void {
    this.#files += files;
  }

  countFixed(fixes: number): void {
    this.#fixed += fixes;
  }

  /** Whether something was found in a file, by the path that is shown. */
  holds(path: string): boolean {
    return this.#lines.has(path);
  }

  /** Takes in what was found in a workspace at `root`. */
  take(workspace: Workspace, root: string, { findings, ignored }: Judgement): void {
    const moved = <T extends Place>(place: T): T => {
      const lines = workspace.lines(place.path);
      const shown = this.shown(root, place.path);
      if (lines) this.#lines.set(shown, lines);
      return { ...place, path: shown };
    };
    const whole = (finding: Finding): Finding => {
      const { related, fix } = finding;
      return { ...moved(finding), related: related.map(moved), ...(fix && { fix: { ...fix, edits: fix.edits.map(moved) } }) };
    };
    this.findings.push(...findings.map(whole));
    this.#suppressed.push(...ignored.map(({ finding, reason }) => ({ finding: whole(finding), by: 'comment' as const, reason })));
  }

  /** All that was found, as another thread can take it. */
  part(): Part {
    const texts = [...this.#lines].map(([path, lines]) => [path, lines.text] as const);
    return { findings: this.findings, suppressed: this.#suppressed, problems: this.problems, files: this.#files, texts };
  }

  /** Takes in what another thread found. */
  include({ findings, suppressed, problems, files, texts }: Part): void {
    this.findings.push(...findings);
    this.#suppressed.push(...suppressed);
    this.problems.push(...problems);
    this.#files += files;
    for (const [path, text] of texts) this.#lines.set(path, new LineMap(text));
  }

  /** Each finding with its place in a baseline that lies in `folder`. */
  entries(folder: string): readonly { readonly finding: Finding; readonly entry: BaselineEntry }[] {
    return this.findings.flatMap(finding => {
      const lines = this.#lines.get(finding.path);
      const path = relative(folder, join(this.cwd, finding.path)).replaceAll('\\', '/');
      return lines ? [{ finding, entry: baselineEntry(finding, path, lines) }] : [];
    });
  }

  /** Leaves out the findings that a baseline in `folder` knows; answers how many they are. */
  withoutKnown(baseline: Baseline, folder: string): number {
    const kept = new Set(unknownTo(baseline, this.entries(folder)).map(({ finding }) => finding));
    const known = this.findings.filter(finding => !kept.has(finding));
    this.findings.splice(0, this.findings.length, ...kept);
    this.#suppressed.push(...known.map(finding => ({ finding, by: 'baseline' as const, reason: '' })));
    return known.length;
  }

  /** `repository` is the folder that others know paths from (absolute). */
  report(least: Severity, repository = this.cwd): Report {
    const hidden: Partial<Record<Severity, number>> = {};
    const isShown = ({ severity }: Finding) => severityRank(severity) <= severityRank(least);
    for (const finding of this.findings) if (!isShown(finding)) hidden[finding.severity] = (hidden[finding.severity] ?? 0) + 1;
    return {
      files: this.#files,
      findings: this.findings.filter(isShown).sort(inOrder),
      fixed: this.#fixed,
      hidden,
      suppressed: this.#suppressed.filter(({ finding }) => isShown(finding)).sort((a, b) => inOrder(a.finding, b.finding)),
      problems: this.problems,
      lines: path => this.#lines.get(path),
      inRepository: path => relative(repository, join(this.cwd, path)).replaceAll('\\', '/'),
    };
  }
}

function inOrder(a: Finding, b: Finding): number {
  return compare(a.path, b.path) || a.span.start - b.span.start || a.span.end - b.span.end || compare(a.rule, b.rule);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
