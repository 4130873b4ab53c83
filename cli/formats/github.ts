import { type Finding, type Severity, severities } from '../../core/rules/rule.ts';
import { printable } from '../../core/text/printable.ts';
import { docsUrl } from '../../core/text/rulePages.ts';
import type { Place } from '../../core/text/span.ts';
import type { Report } from './report.ts';
import { summary } from './summary.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  hint: 'notice',
};

/** GitHub shows so many annotations of a level for one step, and drops the others without a word. */
const shownPerLevel = 10;

/**
 * The commands of GitHub's runner that put each finding beside its line, the worst first since not all may be shown; then, for the
 * log, how many there are. Nothing that comes from a workflow can begin a line or end a command.
 */
export function github(report: Report): string {
  const sorted = severities.flatMap(severity => report.findings.filter(finding => finding.severity === severity));
  const unseen = (['error', 'warning', 'notice'] as const).flatMap(level => {
    const count = sorted.filter(({ severity }) => levels[severity] === level).length;
    return count > shownPerLevel ? [`GitHub shows ${shownPerLevel} of the ${count} ${level} annotations; the log has all.`] : [];
  });
  return [...sorted.map(finding => annotation(finding, report)), ...unseen, summary(report, { color: false })]
    .map(line => `${line}\n`)
    .join('');
}

function annotation({ rule, severity, message, path, span, related, fix }: Finding, report: Report): string {
  const { inRepository = one => one } = report;
  const map = report.lines(path);
  const start = map?.position(span.start) ?? { line: 0, column: 0 };
  const end = map?.position(span.end) ?? start;
  const properties = {
    title: `${rule} (${severity})`,
    file: inRepository(path),
    line: start.line + 1,
    endLine: end.line + 1,
    // Columns are taken only where the lines are one, and the last of them belongs to the place.
    ...(start.line === end.line && { col: start.column + 1, endColumn: Math.max(end.column, start.column + 1) }),
  };
  const text = [
    message,
    ...related.map(other => `${placeName(other, report)}: ${other.message}`),
    ...(fix ? [`${fix.safe ? 'Fix' : 'Suggestion'}: ${fix.title}`] : []),
    docsUrl(rule),
  ];
  const named = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${levels[severity]} ${named.join(',')}::${text.map(line => data(printable(line))).join('%0A')}`;
}

function placeName({ path, span }: Place, { lines, inRepository = one => one }: Report): string {
  const position = lines(path)?.position(span.start);
  return inRepository(path) + (position ? `:${position.line + 1}` : '');
}

/** As the runner reads it back: github.com/actions/runner, ActionCommand.cs. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
