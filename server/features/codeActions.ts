import { CodeActionKind } from 'vscode-languageserver';
import { ignoreFix } from '../../core/ignoreFix.ts';
import type { Finding, Fix } from '../../core/rules/rule.ts';
import { intersects } from '../../core/text/span.ts';
import type { Context } from '../context.ts';
import { toCodeAction, toDiagnostic, toSpan } from '../convert.ts';

/** Offers the fixes of the findings at the asked place as quick fixes, preferred where they are safe; and a comment that ignores each. */
export function codeActions({ connection, documents, analysis, client }: Context): void {
  const documentChanges = client.workspace?.workspaceEdit?.documentChanges === true;
  const version = (uri: string) => documents.get(uri)?.version ?? null;
  connection.onCodeAction(async ({ textDocument, range, context }) => {
    const asked = context?.only;
    if (asked && !asked.some(kind => kind === '' || kind === CodeActionKind.QuickFix)) return [];
    const analysed = await analysis.settled(textDocument.uri, aMoment);
    const lines = analysed?.folder.workspace.lines(analysed.path);
    if (!analysed || !lines) return [];
    const { folder, findings } = analysed;
    const span = toSpan(lines, range);
    const here = findings.filter(finding => intersects(finding.span, span));
    const action = (finding: Finding, fix: Fix | undefined) =>
      (fix && toCodeAction(fix, toDiagnostic(finding, folder), folder, { version, documentChanges })) ?? [];
    // Mending comes before ignoring.
    return [
      ...here.flatMap(finding => action(finding, finding.fix)),
      ...here.filter(canBeIgnored).flatMap(finding => action(finding, ignoreFix(finding, lines))),
    ];
  });
}

/** Somebody is typing: the next text will be another too. */
function aMoment(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 100));
}

/** What is said of a file's form, or of comments that ignore, is no judgement to overrule. */
function canBeIgnored({ rule }: Finding): boolean {
  return !/^(?:invalid-yaml|file-too-large|ignore-.*|policy-invalid)$/.test(rule);
}
