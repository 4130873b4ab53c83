import { type Diagnostic, DocumentDiagnosticReportKind, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Context } from '../context.ts';
import { toDiagnostic } from '../convert.ts';

/** Milliseconds without an edit before anything is analysed. */
const quietTime = 150;

/** Lets other parts say that findings may have changed without an edit: files on disk, folders, settings. */
export interface Diagnostics {
  readonly refresh: () => void;
}

/** Findings as diagnostics: pulled by clients that can, else pushed, never both. */
export function diagnostics(context: Context): Diagnostics {
  return context.client.textDocument?.diagnostic ? pulled(context) : pushed(context);
}

/** One timer for all documents: many edits end in one analysis. */
class Quiet {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];
  readonly #then: () => void;

  constructor(then: () => void) {
    this.#then = then;
  }

  edited(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const resume of this.#waiting.splice(0)) resume();
      this.#then();
    }, quietTime);
  }

  /** Resolves when nothing has been edited for a while; at once where nothing is under way. */
  wait(): Promise<void> {
    return this.#timer === undefined ? Promise.resolve() : new Promise(resolve => this.#waiting.push(resolve));
  }
}

function pushed({ connection, documents, analysis, loaded }: Context): Diagnostics {
  const shown = new Map<string, string>();
  async function publish(): Promise<void> {
    await loaded();
    for (const uri of documents.keys()) {
      const analysed = await analysis.settled(uri, () => quiet.wait());
      const found = analysed?.findings.map(finding => toDiagnostic(finding, analysed.folder)) ?? [];
      const version = documents.get(uri)?.version;
      const state = JSON.stringify([version, found]);
      // A file that is not ours is never mentioned, unless it was ours a moment ago.
      if (state === shown.get(uri) || (!analysed && !shown.has(uri))) continue;
      shown.set(uri, state);
      await connection.sendDiagnostics({ uri, ...(version !== undefined && { version }), diagnostics: found });
    }
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
  };
}

function pulled({ connection, documents, analysis, client, loaded }: Context): Diagnostics {
  const answered = new Map<string, { readonly id: string; readonly items: string }>();
  let count = 0;
  const quiet = new Quiet(() => undefined);
  documents.onDidChangeContent(({ document }) => {
    analysis.changed(document.uri);
    quiet.edited();
  });
  documents.onDidClose(async ({ document: { uri } }) => {
    answered.delete(uri);
    await analysis.closed(uri);
  });
  connection.languages.diagnostics.on(async ({ textDocument: { uri }, previousResultId }, token) => {
    await quiet.wait();
    await loaded();
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The document changed.');
    const analysed = await analysis.settled(uri, () => quiet.wait());
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The document changed.');
    const items: Diagnostic[] = analysed?.findings.map(finding => toDiagnostic(finding, analysed.folder)) ?? [];
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
  return {
    refresh: () => {
      analysis.invalidate();
      if (!client.workspace?.diagnostics?.refreshSupport) return;
      connection.languages.diagnostics
        .refresh()
        .catch((error: Error) => connection.console.warn(`The client does not pull again: ${error.message}`));
    },
  };
}
