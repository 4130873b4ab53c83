import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Position,
  type Range,
  type StringValue,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Finding, Fix, Severity } from '../core/rules/rule.ts';
import type { LineMap } from '../core/text/lines.ts';
import { printable } from '../core/text/printable.ts';
import { docsUrl } from '../core/text/rulePages.ts';
import type { Span } from '../core/text/span.ts';
import type { Folder } from './folders.ts';

const severities: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** A span as LSP counts it: lines and UTF-16 characters from 0. */
export function toRange(lines: LineMap, { start, end }: Span): Range {
  const position = (offset: number): Position => {
    const { line, column } = lines.position(offset);
    return { line, character: column };
  };
  return { start: position(start), end: position(end) };
}

export function toSpan(lines: LineMap, { start, end }: Range): Span {
  const offset = ({ line, character }: Position) => lines.offset({ line, column: character });
  return { start: offset(start), end: offset(end) };
}

/** A finding of one of the folder's files; related places in files that the folder does not hold are left out. */
export function toDiagnostic(finding: Finding, folder: Folder): Diagnostic {
  const { rule, severity, message, path, span, related } = finding;
  const lines = folder.workspace.lines(path);
  return {
    range: lines ? toRange(lines, span) : { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    severity: severities[severity],
    source: 'tallyman',
    code: rule,
    codeDescription: { href: docsUrl(rule) },
    message: oneSentenceALine(printable(message)),
    relatedInformation: related.flatMap(other => {
      const uri = folder.uriOf(other.path);
      const map = folder.workspace.lines(other.path);
      return uri && map ? [{ location: { uri, range: toRange(map, other.span) }, message: printable(other.message) }] : [];
    }),
  };
}

/** The editor's problem peek does not wrap: a line break after each sentence keeps the end in sight. */
function oneSentenceALine(message: string): string {
  return message.replace(/\. (?=[A-Z`“])/g, '.\n');
}

export interface EditOptions {
  /** The version of an open document; `null` for a file that is only saved. */
  readonly version: (uri: string) => number | null;
  /** The client takes versioned edits. */
  readonly documentChanges: boolean;
}

/** The fix as a quick fix; `undefined` where it would touch a file that the folder does not hold. */
export function toCodeAction(fix: Fix, diagnostic: Diagnostic, folder: Folder, options: EditOptions): CodeAction | undefined {
  const edits = new Map<string, TextEdit[]>();
  for (const { path, span, text } of fix.edits) {
    const uri = folder.uriOf(path);
    const lines = folder.workspace.lines(path);
    if (!uri || !lines) return undefined;
    edits.set(uri, [...(edits.get(uri) ?? []), { range: toRange(lines, span), newText: text }]);
  }
  return {
    title: printable(fix.title),
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    isPreferred: fix.safe,
    edit: toWorkspaceEdit(edits, options),
  };
}

/** The edit with the cursor where its text ends, before a line break there: for what the user is to write behind it. */
export function toSnippetEdit({ documentChanges = [], ...edit }: WorkspaceEdit): WorkspaceEdit {
  return {
    ...edit,
    documentChanges: documentChanges.map(change => {
      if (!('edits' in change)) return change;
      return {
        ...change,
        edits: change.edits.map(one => ('newText' in one ? { range: one.range, snippet: withCursor(one.newText) } : one)),
      };
    }),
  };
}

function withCursor(text: string): StringValue {
  const end = text.search(/\r?\n?$/);
  const literal = (part: string) => part.replace(/[\\$}]/g, character => `\\${character}`);
  return { kind: 'snippet', value: `${literal(text.slice(0, end))}$0${literal(text.slice(end))}` };
}

/** The edit that makes a document's text another: the part in which they differ. */
export function toTextEdit(lines: LineMap, after: string): TextEdit {
  const before = lines.text;
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
  let same = 0;
  while (same < Math.min(before.length, after.length) - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  return { range: toRange(lines, { start, end: before.length - same }), newText: after.slice(start, after.length - same) };
}

export function toWorkspaceEdit(edits: ReadonlyMap<string, TextEdit[]>, { version, documentChanges }: EditOptions): WorkspaceEdit {
  if (!documentChanges) return { changes: Object.fromEntries(edits) };
  return {
    documentChanges: [...edits].map(
      ([uri, changes]): TextDocumentEdit => ({ textDocument: { uri, version: version(uri) }, edits: changes }),
    ),
  };
}
