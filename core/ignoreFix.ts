import { lintFile } from './lint.ts';
import { liveRules } from './live/index.ts';
import type { Finding, Fix } from './rules/rule.ts';
import { suppress } from './suppress.ts';
import { LineMap } from './text/lines.ts';
import { applyEdits, type Edit } from './text/span.ts';
import { Workspace } from './workspace/workspace.ts';

/**
 * The fix that ignores a finding by a comment; the reason is left to the user. It stays a comment where it is put: behind the finding's line,
 * behind a block scalar's header, or on a line above. Each place is tried, and taken when the finding is gone and nothing else is said.
 * `undefined` where there is no such place.
 */
export function ignoreFix(finding: Finding, lines: LineMap): Fix | undefined {
  // What registries hold is found by who asks them: here it is taken as it is.
  const live = liveRules.some(({ id }) => id === finding.rule);
  const before = [...findingsOf(finding.path, lines.text), ...(live ? [finding] : [])];
  // A finding that is only held from before the file broke has no certain place.
  if (before.some(({ rule }) => rule === 'invalid-yaml')) return undefined;
  for (const edit of candidates(finding, lines)) {
    const text = applyEdits(lines.text, [edit]);
    const left = [...findingsOf(finding.path, text), ...(live ? stillFound(finding, edit, text) : [])];
    const after = left.filter(({ rule }) => rule !== 'ignore-without-reason');
    const gone = before.filter(({ rule, message }) => !after.some(one => one.rule === rule && one.message === message));
    if (after.length < before.length && gone.every(({ rule }) => rule === finding.rule)) {
      return { title: `Ignore ${finding.rule} here by a comment`, safe: false, edits: [{ path: finding.path, ...edit }] };
    }
  }
  return undefined;
}

/** A workspace of the one file: what other files say does not change where a comment may stand. */
function findingsOf(path: string, text: string): readonly Finding[] {
  const workspace = new Workspace();
  workspace.set(path, text);
  return lintFile(workspace, path);
}

/** The finding where its text is after the edit, unless a comment ignores it there. */
function stillFound(finding: Finding, { span: at, text: inserted }: Edit, text: string): readonly Finding[] {
  const shift = at.start <= finding.span.start ? inserted.length : 0;
  const moved = { ...finding, span: { start: finding.span.start + shift, end: finding.span.end + shift } };
  return suppress(finding.path, new LineMap(text), [moved], { rules: liveRules, off: new Set(), whole: false }).findings;
}

function candidates({ rule, span }: Finding, lines: LineMap): readonly Edit[] {
  const first = lines.position(span.start).line;
  const comment = `# tallyman: ignore[${rule}] `;
  const eol = lines.text.includes('\r\n') ? '\r\n' : '\n';
  const behind = (line: number): Edit => {
    const end = lines.offset({ line, column: Number.POSITIVE_INFINITY });
    return { span: { start: end, end }, text: ` ${comment}` };
  };
  const above = (line: number): Edit => {
    const start = lines.offset({ line, column: 0 });
    const indent = /^\s*/.exec(lines.line(line))?.[0] ?? '';
    return { span: { start, end: start }, text: `${indent}${comment}${eol}` };
  };
  const header = blockHeader(lines, first);
  return header === undefined ? [behind(first), above(first)] : [behind(header), above(first)];
}

/** The line with the `|` or `>` of the block scalar that holds a line: the nearest one above with less indentation that ends so. */
function blockHeader(lines: LineMap, line: number): number | undefined {
  let indent = lines.line(line).search(/\S/);
  for (let above = line - 1; above >= 0 && indent > 0; above--) {
    const text = lines.line(above);
    const own = text.search(/\S/);
    if (own < 0 || own >= indent) continue;
    if (/[:-]\s+(?:[&!]\S+\s+)*[|>][-+0-9]*\s*$/.test(text)) return above;
    indent = own;
  }
  return undefined;
}
