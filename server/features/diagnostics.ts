import { type Diagnostic, DocumentDiagnosticReportKind, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Context } from '../context.ts';
import { toDiagnostic } from '../convert.ts';
import { Quiet } from '../quiet.ts';
import { savedFiles } from '../savedFiles.ts';
import { diagnosticsOf, workspaceDiagnostics } from './workspaceDiagnostics.ts';

/** Lets other parts say that findings may have changed without an edit: files on disk, folders, settings. */
export interface Diagnostics {
  readonly refresh: () => void;
  /** The same where only what registries say is another: nothing is analysed anew. */
  readonly again: () => void;
}

/** Findings as diagnostics: pulled by clients that can, else pushed, never both. */
export function diagnostics(context: Context): Diagnostics {
  return context.client.textDocument?.diagnostic ? pulled(context) : pushed(context);
}

function pushed(context: Context): Diagnostics {
  const { connection, documents, analysis, live, loaded } = context;
  const shown = new Map<string, string>();
  async function show(uri: string, diagnostics: Diagnostic[], version?: number): Promise<void> {
    const state = JSON.stringify([version, diagnostics]);
    if (state === shown.get(uri)) return;
    shown.set(uri, state);
    await connection.sendDiagnostics({ uri, ...(version !== undefined && { version }), diagnostics });
  }
  /** What is not open; begun anew by whatever changes meanwhile. */
  async function publishSaved(): Promise<void> {
    const files = savedFiles(context);
    for (const file of files) {
      const items = await diagnosticsOf(context, file);
      if (!items) return quiet.edited();
      // A file that is fine need not be mentioned, unless something was wrong with it before.
      if (documents.get(file.uri) === undefined && (items.length > 0 || shown.has(file.uri))) await show(file.uri, items);
    }
    const here = new Set([...files.map(({ uri }) => uri), ...documents.keys()]);
    for (const uri of [...shown.keys()].filter(one => !here.has(one))) {
      await show(uri, []);
      shown.delete(uri);
    }
  }
  async function publish(): Promise<void> {
    await loaded();
    for (const uri of documents.keys()) {
      const analysed = await analysis.settled(uri, () => quiet.wait());
      const found = (analysed && live.findings(analysed).map(finding => toDiagnostic(finding, analysed.folder))) ?? [];
      // A file that is not ours is never mentioned, unless it was ours a moment ago.
      if (analysed || shown.has(uri)) await show(uri, found, documents.get(uri)?.version);
    }
    await publishSaved();
  }
  const quiet = new Quiet(
    () => void publish().catch((error: Error) => connection.console.error(`Tallyman could not publish: ${error.message}`)),
  );
  documents.onDidChangeContent(({ document }) => {
    analysis.changed(document.uri);
    quiet.edited();
  });
  documents.onDidClose(async ({ document: { uri } }) => {
    const mentioned = shown.delete(uri);
    if (mentioned) await connection.sendDiagnostics({ uri, diagnostics: [] });
    await analysis.closed(uri);
    quiet.edited();
  });
  return {
    refresh: () => {
      analysis.invalidate();
      quiet.edited();
    },
    again: () => quiet.edited(),
  };
}

function pulled(context: Context): Diagnostics {
  const { connection, documents, analysis, live, client, loaded } = context;
  workspaceDiagnostics(context);
  const answered = new Map<string, { readonly id: string; readonly items: string }>();
  let count = 0;
  const quiet = new Quiet(() => undefined);
  documents.onDidChangeContent(({ document }) => {
    analysis.changed(document.uri);
    quiet.edited();
  });
  const closing = new Map<string, Promise<void>>();
  documents.onDidClose(({ document: { uri } }) => {
    answered.delete(uri);
    closing.set(
      uri,
      analysis.closed(uri).finally(() => closing.delete(uri)),
    );
  });
  connection.languages.diagnostics.on(async ({ textDocument: { uri }, previousResultId }, token) => {
    await quiet.wait();
    await loaded();
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The document changed.');
    await closing.get(uri);
    const analysed = await analysis.settled(uri, () => quiet.wait());
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The document changed.');
    // A client asks once more for a document that it has closed: then the saved file counts.
    const file = analysed || documents.get(uri) ? undefined : savedFiles(context).find(one => one.uri === uri);
    const saved = file && (await diagnosticsOf(context, file));
    const items: Diagnostic[] = (analysed && live.findings(analysed).map(finding => toDiagnostic(finding, analysed.folder))) ?? saved ?? [];
    const known = answered.get(uri);
    const text = JSON.stringify(items);
    if (known && known.items === text && known.id === previousResultId) {
      return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: known.id };
    }
    if (known?.items !== text) count += 1;
    const id = known?.items === text ? known.id : String(count);
    if (documents.get(uri)) answered.set(uri, { id, items: text });
    return { kind: DocumentDiagnosticReportKind.Full, resultId: id, items };
  });
  const again = () => {
    if (!client.workspace?.diagnostics?.refreshSupport) return;
    connection.languages.diagnostics
      .refresh()
      .catch((error: Error) => connection.console.warn(`The client does not pull again: ${error.message}`));
  };
  return {
    refresh: () => {
      analysis.invalidate();
      again();
    },
    again,
  };
}
