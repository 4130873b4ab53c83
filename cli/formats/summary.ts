import { type Finding, type Severity, severities, severityRank } from '../../core/rules/rule.ts';
import { printable } from '../../core/text/printable.ts';
import { docsUrl } from '../../core/text/rulePages.ts';
import { type Layout, paint, type Style } from '../terminal.ts';
import { countOf, plural } from './count.ts';
import type { Report } from './report.ts';
import { table } from './table.ts';

export const styles: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', info: 'cyan', hint: 'bold' };

/** Fewer findings are seen at a glance, and those of one rule too. */
const worthATable = 8;

/** A log is read in as many. */
const columns = 80;

/** A page of a job's summary holds 1 MiB; nobody reads more rows than these. */
const mostRows = 200;

interface Tally {
  readonly rule: string;
  readonly severity: Severity;
  readonly count: number;
  readonly files: number;
}

/**
 * What was found, in lines of at most 80 columns: rule by rule where there is much, then in a line. Without a line break at the end.
 */
export function summary(report: Report, layout: Layout): string {
  const tallies = report.findings.length < worthATable ? [] : tally(report.findings);
  const rows = tallies.map(({ rule, severity, count, files }) => [
    severity,
    rule,
    String(count).padStart(5),
    `in ${plural(files, 'file')}`,
  ]);
  const look = (text: string, row: number, column: number) => {
    const severity = tallies[row]?.severity;
    return column === 0 && severity ? paint(layout, styles[severity], text) : text;
  };
  const isWorth = new Set(tallies.map(({ rule }) => rule)).size > 1;
  return `${isWorth ? `${table(rows, look)}\n` : ''}${inALine(report, layout)}`;
}

/** The same as a page of Markdown, with the findings themselves: for the summary of a job on GitHub. */
export function markdownSummary(report: Report): string {
  const { findings, inRepository = one => one } = report;
  const rows = findings.slice(0, mostRows).map(({ rule, severity, message, path, span }) => {
    const line = report.lines(path)?.position(span.start).line;
    const place = `${inRepository(path)}${line === undefined ? '' : `:${line + 1}`}`;
    return `| ${severity} | [${rule}](${docsUrl(rule)}) | ${cell(place)} | ${cell(message)} |\n`;
  });
  const left = findings.length - rows.length;
  return [
    `### Tallyman\n\n${inALine(report, { color: false })}\n`,
    ...(rows.length > 0 ? [`\n| | rule | place | what happens |\n|---|---|---|---|\n${rows.join('')}`] : []),
    ...(left > 0 ? [`\n${left} more in the log.\n`] : []),
  ].join('');
}

/** One sentence; on several lines where it would be too long for one. */
function inALine({ files, findings, fixed = 0, hidden = {} }: Report, layout: Layout): string {
  const counts = severities.flatMap(severity => {
    const count = findings.filter(finding => finding.severity === severity).length;
    return count > 0 ? [paint(layout, styles[severity], countOf(count, severity))] : [];
  });
  const unseen = severities.flatMap(severity => (hidden[severity] ? [countOf(hidden[severity], severity)] : []));
  const fixable = findings.filter(({ fix }) => fix?.safe).length;
  const found = `${plural(files, 'file')} checked: ${counts.length > 0 ? counts.join(', ') : 'no findings'}`;
  const rest = [
    ...(fixed > 0 ? [`${fixed} fixed`] : []),
    ...(fixable > 0 ? [`${fixable} with a safe fix`] : []),
    ...(unseen.length > 0 ? [`${unseen.join(', ')} not shown`] : []),
  ];
  const length = `${found}; ${rest.join('; ')}.`.length - 9 * (layout.color ? counts.length : 0);
  return `${[found, ...rest].join(length > columns ? ';\n  ' : '; ')}.`;
}

/** The worst and the most frequent first. */
function tally(findings: readonly Finding[]): readonly Tally[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${severityRank(finding.severity)} ${finding.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()]
    .map(group => ({
      rule: group[0]?.rule ?? '',
      severity: group[0]?.severity ?? 'hint',
      count: group.length,
      files: new Set(group.map(({ path }) => path)).size,
    }))
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || b.count - a.count || (a.rule < b.rule ? -1 : 1));
}

/** Text in a table's cell: what stands in backticks is code, and nothing of it is markup, HTML, a mention or another cell. */
function cell(text: string): string {
  return printable(text)
    .split('`')
    .map((part, index, parts) => (index % 2 === 1 && index < parts.length - 1 ? `<code>${inert(part)}</code>` : inert(part)))
    .join('');
}

function inert(text: string): string {
  return text.replace(/[&<>|*_[\]\\`~@#:]/g, character => `&#${character.charCodeAt(0)};`);
}
