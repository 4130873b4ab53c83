import { parseDocument } from 'yaml';
import { lintFile } from '../../core/lint.ts';
import type { Finding } from '../../core/rules/rule.ts';
import { applyEdits } from '../../core/text/span.ts';
import { Workspace } from '../../core/workspace/workspace.ts';

export const soundPath = '.github/workflows/w.yml';

/** Milliseconds of the processor that one file may take, whatever it holds. */
const longest = 1000;

/** The findings of a workflow that is a workspace by itself. */
export function lintText(text: string): readonly Finding[] {
  const workspace = new Workspace();
  workspace.set(soundPath, text);
  return lintFile(workspace, soundPath);
}

/** Lints, and throws where what is always true is not: an answer soon enough, every place inside the file. */
export function soundLint(text: string): readonly Finding[] {
  // Processor time: others may have the machine meanwhile.
  const started = process.cpuUsage();
  const findings = lintText(text);
  const { user, system } = process.cpuUsage(started);
  if ((user + system) / 1000 > longest) throw new Error(`It took ${Math.round((user + system) / 1000)} ms.`);
  for (const finding of findings) {
    for (const { span } of [finding, ...finding.related, ...(finding.fix?.edits ?? [])]) {
      const inside = span.start >= 0 && span.start <= span.end && span.end <= text.length;
      if (!inside) throw new Error(`${finding.rule} points at ${span.start}–${span.end} of ${text.length} characters.`);
    }
  }
  return findings;
}

/**
 * Throws where a fix breaks the YAML, leaves its finding or makes another. Answers how many were tried, at most `most`. In a `torn` text,
 * which says nothing sensible, one value that becomes known may rightly show others: there only what the fix is for is asked.
 */
export function soundFixes(text: string, findings: readonly Finding[], { most = Number.POSITIVE_INFINITY, torn = false } = {}): number {
  const said = (all: readonly Finding[]) => all.map(({ rule, message }) => `${rule}: ${message}`).sort();
  const errors = parseDocument(text).errors.length;
  let fixes = 0;
  for (const finding of findings) {
    if (!finding.fix) continue;
    if (fixes === most) break;
    fixes++;
    const own = `${finding.rule}: ${finding.message}`;
    const before = said(findings);
    const fixed = applyEdits(text, finding.fix.edits);
    const after = said(soundLint(fixed));
    if (parseDocument(fixed).errors.length > errors) throw new Error(`The fix of ${finding.rule} breaks the YAML.`);
    const count = (all: readonly string[]) => all.filter(one => one === own).length;
    if (count(after) >= count(before)) throw new Error(`The fix leaves its finding: ${own}`);
    before.splice(before.indexOf(own), 1);
    const made = after.filter(one => !before.includes(one));
    if (!torn && after.length > before.length) throw new Error(`The fix of ${own} makes: ${made.join(' | ') || 'the same again'}`);
  }
  return fixes;
}
