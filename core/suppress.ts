import { ignoreUnused } from './rules/ignore-unused.ts';
import { ignoreWithoutReason } from './rules/ignore-without-reason.ts';
import type { Finding, Rule } from './rules/rule.ts';
import type { LineMap } from './text/lines.ts';
import type { Span } from './text/span.ts';

/** One `# tallyman: ignore[id, id] reason` comment, as YAML's or the shell's. */
interface Directive {
  readonly ids: readonly { readonly id: string; readonly span: Span }[];
  /** From the `#` to the end of its line. */
  readonly span: Span;
  readonly line: number;
  /** Nothing else stands on its line, so it speaks for the next line that is no comment. */
  readonly alone: boolean;
  /** The last line it speaks for where it stands behind a block scalar's `|` or `>`: the whole scalar is meant. */
  readonly lastLine: number;
  readonly reason: string;
}

/** What may be found in a file at all. */
export interface Looked {
  /** The rules that exist. */
  readonly rules: readonly Pick<Rule, 'id'>[];
  /** Those that were not asked, because they are switched off for the file or ask registries: nobody knows what a comment for them would ignore. */
  readonly off: ReadonlySet<string>;
  /** False where the file could be read in part only, so that nobody knows that of any comment. */
  readonly whole: boolean;
}

/** A finding that a comment ignores, with what the comment gives as reason; empty where it gives none. */
export interface Ignored {
  readonly finding: Finding;
  readonly reason: string;
}

/**
 * Parts the findings that a comment in the file ignores from the others, and adds what is to be said of the comments themselves: one
 * without a reason still ignores; one that ignores nothing is left over.
 */
export function suppress(
  path: string,
  lines: LineMap,
  findings: readonly Finding[],
  { rules, off, whole }: Looked,
): { readonly findings: readonly Finding[]; readonly ignored: readonly Ignored[] } {
  const directives = readDirectives(lines);
  if (directives.length === 0) return { findings, ignored: [] };
  const used = new Set<string>();
  const ignored: Ignored[] = [];
  const kept = findings.filter(finding => {
    const hits = directives.filter(directive => covers(directive, finding, lines) && directive.ids.some(({ id }) => id === finding.rule));
    for (const { line } of hits) used.add(`${line} ${finding.rule}`);
    if (hits.length > 0) ignored.push({ finding, reason: hits.map(({ reason }) => reason).find(reason => reason !== '') ?? '' });
    return hits.length === 0;
  });
  if (!whole) return { findings: kept, ignored };
  for (const directive of directives) for (const { id } of directive.ids) if (off.has(id)) used.add(`${directive.line} ${id}`);
  const ids = new Set(rules.map(({ id }) => id));
  return { findings: [...kept, ...directives.flatMap(directive => remarks(path, lines, directive, used, ids))], ignored };
}

function readDirectives(lines: LineMap): readonly Directive[] {
  const found: Directive[] = [];
  for (const match of lines.text.matchAll(/#[ \t]*tallyman:[ \t]*ignore\[([^\]\r\n]*)\][ \t]*([^\r\n]*)/g)) {
    const before = lines.text[match.index - 1];
    // `a#b` is no comment, in YAML or in a shell.
    if (before !== undefined && !/\s/.test(before)) continue;
    const { line, column } = lines.position(match.index);
    const listed = match.index + match[0].indexOf('[') + 1;
    found.push({
      ids: readIds(match[1] ?? '', listed),
      span: { start: match.index, end: match.index + match[0].trimEnd().length },
      line,
      alone: lines.line(line).slice(0, column).trim() === '',
      lastLine: lastLineOfBlock(lines, line, column),
      reason: (match[2] ?? '').trim(),
    });
  }
  return found;
}

/** The line itself, or the last one of the block scalar whose header stands before `column`. */
function lastLineOfBlock(lines: LineMap, line: number, column: number): number {
  const head = lines.line(line).slice(0, column);
  if (!/[|>][-+0-9]*\s+$/.test(head)) return line;
  const indent = head.search(/[^\s-]/);
  let last = line;
  for (let next = line + 1; next < lines.lineCount; next++) {
    const text = lines.line(next);
    if (text.trim() === '') continue;
    if (text.search(/\S/) <= indent) break;
    last = next;
  }
  return last;
}

function readIds(list: string, start: number): Directive['ids'] {
  return [...list.matchAll(/[^\s,]+/g)].map(match => ({
    id: match[0],
    span: { start: start + match.index, end: start + match.index + match[0].length },
  }));
}

/** On the finding's lines, or on a comment line right above them. */
function covers({ line, lastLine, alone }: Directive, { span }: Finding, lines: LineMap): boolean {
  const first = lines.position(span.start).line;
  if (lastLine >= first && line <= lines.position(span.end).line) return true;
  if (!alone || line > first) return false;
  for (let between = line + 1; between < first; between++) if (!lines.line(between).trimStart().startsWith('#')) return false;
  return true;
}

function remarks(
  path: string,
  lines: LineMap,
  directive: Directive,
  used: ReadonlySet<string>,
  known: ReadonlySet<string>,
): readonly Finding[] {
  const unused = directive.ids.filter(({ id }) => !used.has(`${directive.line} ${id}`));
  const remark = (rule: Rule, span: Span, message: string): Finding => ({
    rule: rule.id,
    severity: rule.severity,
    path,
    span,
    message,
    related: [],
  });
  const fix = (title: string, span: Span) => ({ fix: { title, safe: true, edits: [{ path, span, text: '' }] } });
  if (unused.length === directive.ids.length) {
    const names = directive.ids.map(({ id }) => `\`${id}\``).join(' or ') || 'nothing';
    const finding = remark(ignoreUnused, directive.span, `This comment ignores ${names}, of which nothing is found here.`);
    return [{ ...finding, ...fix('Remove the comment', removal(directive, lines)) }];
  }
  const left = unused.map(({ id, span }) => {
    const why = known.has(id) ? `Nothing of \`${id}\` is found here.` : `There is no rule \`${id}\`.`;
    return { ...remark(ignoreUnused, span, why), ...fix(`Remove ${id}`, removalOf(directive, span)) };
  });
  if (directive.reason !== '') return left;
  return [
    ...left,
    remark(ignoreWithoutReason, directive.span, 'Nobody can tell later why this is ignored. Write the reason behind the bracket.'),
  ];
}

/** One id with the comma that parts it from its neighbour. */
function removalOf({ ids }: Directive, span: Span): Span {
  const index = ids.findIndex(each => each.span === span);
  const before = ids[index - 1];
  const after = ids[index + 1];
  return before ? { start: before.span.end, end: span.end } : { start: span.start, end: after?.span.start ?? span.end };
}

/** The comment with the space before it, or its whole line. */
function removal({ span, line, alone }: Directive, lines: LineMap): Span {
  const start = lines.offset({ line, column: 0 });
  if (!alone) return { start: start + lines.text.slice(start, span.start).trimEnd().length, end: span.end };
  return { start, end: line + 1 < lines.lineCount ? lines.offset({ line: line + 1, column: 0 }) : lines.text.length };
}
