import { CodeActionKind } from 'vscode-languageserver';
import { intersects } from '../../core/text/span.ts';
import type { Context } from '../context.ts';
import { toCodeAction, toDiagnostic, toSpan } from '../convert.ts';

/** Offers the fixes of the findings at the asked place as quick fixes, preferred where they are safe. */
export function codeActions({ connection, documents, analysis, client }: Context): void {
  const documentChanges = client.workspace?.workspaceEdit?.documentChanges === true;
  const version = (uri: string) => documents.get(uri)?.version ?? null;
  connection.onCodeAction(({ textDocument, range, context }) => {
    const asked = context?.only;
    if (asked && !asked.some(kind => kind === '' || kind === CodeActionKind.QuickFix)) return [];
    const analysed = analysis.of(textDocument.uri);
    const lines = analysed?.folder.workspace.lines(analysed.path);
    if (!analysed || !lines) return [];
    const { folder, findings } = analysed;
    const span = toSpan(lines, range);
    return findings.flatMap(finding => {
      if (!finding.fix || !intersects(finding.span, span)) return [];
      return toCodeAction(finding.fix, toDiagnostic(finding, folder), folder, { version, documentChanges }) ?? [];
    });
  });
}
