import {
  type Diagnostic,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import type { Context } from '../context.ts';
import { toDiagnostic } from '../convert.ts';
import { type SavedFile, savedFiles, savedFindings } from '../savedFiles.ts';

/** Milliseconds without a change before all files are looked at again: whoever edits looks at one of them. */
const calmTime = 700;
/** Milliseconds of work after which the user is shown how far it is. */
const patience = 1000;
/** So many files are known to take a while. */
const many = 200;

interface Stop {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(call: () => void): { dispose(): void };
}

type Full = Extract<WorkspaceDocumentDiagnosticReport, { kind: 'full' }>;

/**
 * The findings of all files that are not open, to clients that pull. Answers wait until there is something new: clients ask again as soon as
 * they have one. Files are reported as they are done where the client takes that.
 */
export function workspaceDiagnostics(context: Context): void {
  const { connection, analysis, loaded } = context;
  const reports = new Reports();
  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds }, token, _progress, partly) => {
    await loaded();
    const had = new Map(previousResultIds.map(({ uri, value }) => [uri, value]));
    for (;;) {
      const changes = analysis.changes;
      const items: Full[] = [];
      const give = (one: Full) => (partly ? partly.report({ items: [one] }) : items.push(one));
      const given = await check(context, reports, { had, token, give });
      if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The client asks no more.');
      if (given > 0) return { items };
      if (analysis.changes === changes) await nextChange(context, token);
      await calm(context, token);
    }
  });
}

/** What each file was last reported as. */
class Reports {
  readonly #known = new Map<string, { readonly id: string; readonly text: string }>();
  #count = 0;

  /** The report, with the id of an earlier one where that said the same. */
  of(uri: string, items: Diagnostic[]): Full {
    const text = JSON.stringify(items);
    const known = this.#known.get(uri);
    const id = known?.text === text ? known.id : `workspace ${++this.#count}`;
    this.#known.set(uri, { id, text });
    return { kind: DocumentDiagnosticReportKind.Full, uri, version: null, resultId: id, items };
  }
}

interface Asked {
  /** What the client has, by URI. */
  readonly had: Map<string, string>;
  readonly token: Stop;
  readonly give: (report: Full) => void;
}

/** Gives each report that the client does not have yet; answers how many. Ends early where something changes meanwhile. */
async function check(context: Context, reports: Reports, { had, token, give }: Asked): Promise<number> {
  const { documents } = context;
  const files = savedFiles(context);
  // Later checks go on behind what the user does, who has seen all of it before.
  const progress = had.size === 0 ? new Shown(context, files.length) : undefined;
  let given = 0;
  const tell = (report: Full) => {
    if (had.get(report.uri) === report.resultId) return;
    had.set(report.uri, report.resultId as string);
    give(report);
    given++;
  };
  try {
    const here = new Set(files.map(({ uri }) => uri));
    for (const uri of had.keys()) if (!here.has(uri) && !documents.get(uri)) tell(reports.of(uri, []));
    for (const [index, file] of files.entries()) {
      const items = token.isCancellationRequested ? undefined : await diagnosticsOf(context, file);
      if (!items) break;
      tell(reports.of(file.uri, items));
      await progress?.at(index + 1);
    }
  } finally {
    progress?.done();
  }
  return given;
}

/** The findings of a file that is not open, as diagnostics; `undefined` where something changed meanwhile. */
export async function diagnosticsOf(context: Context, file: SavedFile): Promise<Diagnostic[] | undefined> {
  const findings = await savedFindings(context, file);
  return findings?.map(finding => toDiagnostic(finding, file.folder));
}

/** The editor's own display of progress, for a check that takes a while. */
class Shown {
  readonly #context: Context;
  readonly #total: number;
  readonly #started = performance.now();
  #progress: { report(percentage: number, message: string): void; done(): void } | undefined;

  constructor(context: Context, total: number) {
    this.#context = context;
    this.#total = total;
  }

  async at(count: number): Promise<void> {
    const { connection, client } = this.#context;
    if (!client.window?.workDoneProgress) return;
    if (this.#total < many && performance.now() - this.#started < patience) return;
    const percentage = Math.floor((100 * count) / this.#total);
    if (!this.#progress) {
      const progress = await connection.window.createWorkDoneProgress();
      progress.begin('Checking workflows', percentage);
      this.#progress = progress;
    }
    this.#progress.report(percentage, `${count} of ${this.#total}`);
  }

  done(): void {
    this.#progress?.done();
  }
}

/** Resolves when something has changed that findings depend on, or the client wants no answer any more. */
function nextChange({ analysis }: Context, token: Stop): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      forget();
      cancelled.dispose();
      resolve();
    };
    const forget = analysis.onceChanged(done);
    const cancelled = token.onCancellationRequested(done);
  });
}

/** Resolves when nothing has changed for a while. */
async function calm({ analysis }: Context, token: Stop): Promise<void> {
  let changes: number;
  do {
    changes = analysis.changes;
    await new Promise(resolve => setTimeout(resolve, calmTime));
  } while (analysis.changes !== changes && !token.isCancellationRequested);
}
