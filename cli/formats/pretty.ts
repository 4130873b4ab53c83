import type { Finding } from '../../core/rules/rule.ts';
import { printable } from '../../core/text/printable.ts';
import { docsUrl } from '../../core/text/rulePages.ts';
import type { Place } from '../../core/text/span.ts';
import { type Layout, paint } from '../terminal.ts';
import { displayWidth } from './cells.ts';
import { frame } from './frame.ts';
import type { Report } from './report.ts';
import { styles, summary } from './summary.ts';

/** Source lines in a pipe or a file; a minified workflow should not fill a log. */
const pipeWidth = 160;

/** Findings as people read them: message, place, source lines with carets, what to do; then what that sums up to. */
export function pretty(report: Report, layout: Layout): string {
  const documented = new Set<string>();
  const blocks = report.findings.map(finding => {
    const first = !documented.has(finding.rule);
    documented.add(finding.rule);
    return block(finding, report, layout, first);
  });
  return [...blocks, `${summary(report, layout)}\n`].join('\n');
}

/** One finding with its frame; the docs page is named the first time its rule speaks. */
function block(finding: Finding, report: Report, layout: Layout, documented: boolean): string {
  const { width } = layout;
  const { rule, severity, message, path, span, related, fix } = finding;
  const lines = report.lines(path);
  const margin = ' '.repeat(String((lines?.position(span.end).line ?? 0) + 1).length);
  const shown = lines ? frame(lines, span, (width ?? pipeWidth) - margin.length - 3) : [];
  const label = `${severity}[${rule}]:`;
  const note = (name: string, text: string) =>
    `${margin} ${paint(layout, 'dim', '=')} ${wrap(`${name}: ${text}`, width, margin.length + 3, margin.length + 3)}`;
  return [
    paint(layout, styles[severity], label) + wrap(`${label} ${printable(message)}`, width, 0, 2).slice(label.length),
    `${margin}${paint(layout, 'dim', '-->')} ${placeName(report, finding)}`,
    ...(shown.length > 0 ? [`${margin} ${paint(layout, 'dim', '|')}`] : []),
    ...shown.map(({ number, text, carets }) => {
      const head = paint(layout, 'dim', `${String(number ?? '').padStart(margin.length)} |`);
      return text === '' ? head : `${head} ${carets ? paint(layout, styles[severity], text) : text}`;
    }),
    ...related.map(other => note('note', `${placeName(report, other)}: ${printable(other.message)}`)),
    ...(fix ? [note(fix.safe ? 'fix' : 'suggestion', printable(fix.title))] : []),
    ...(documented ? [`${margin} ${paint(layout, 'dim', '=')} docs: ${docsUrl(rule)}`] : []),
    '',
  ].join('\n');
}

/** `path:line:column`, as terminals and editors open it. */
function placeName(report: Report, { path, span }: Place): string {
  const position = report.lines(path)?.position(span.start);
  return printable(path) + (position ? `:${position.line + 1}:${position.column + 1}` : '');
}

/** Breaks at spaces so that lines fit; the first line begins at column `used`, the others are indented by `indent`. */
function wrap(text: string, width: number | undefined, used: number, indent: number): string {
  if (width === undefined) return text;
  const lines: string[] = [];
  let line = '';
  let column = used;
  for (const word of text.split(' ')) {
    const size = displayWidth(word);
    if (line !== '' && column + 1 + size > width) {
      lines.push(line);
      line = word;
      column = indent + size;
    } else {
      column += size + (line === '' ? 0 : 1);
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
