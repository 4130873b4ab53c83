import { docsUrl } from '../../core/text/rulePages.ts';
import type { Place } from '../../core/text/span.ts';
import type { Report } from './report.ts';

/** The document of `--format json`, version 1: lines and UTF-16 columns from 1, `end` exclusive. Ends with a line break. */
export function json({ files, findings, lines }: Report): string {
  function place({ path, span }: Place) {
    const map = lines(path);
    function position(offset: number) {
      const { line, column } = map?.position(offset) ?? { line: 0, column: 0 };
      return { line: line + 1, column: column + 1 };
    }
    return { path, range: { start: position(span.start), end: position(span.end) } };
  }
  const document = {
    version: 1,
    files,
    findings: findings.map(({ rule, severity, message, related, fix, ...at }) => ({
      rule,
      severity,
      message,
      ...place(at),
      related: related.map(({ message: said, ...other }) => ({ ...place(other), message: said })),
      docs: docsUrl(rule),
      ...(fix && {
        fix: { title: fix.title, safe: fix.safe, edits: fix.edits.map(({ text, ...edit }) => ({ ...place(edit), text })) },
      }),
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
