import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type CancellationToken,
  type ClientCapabilities,
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type Hover,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  RequestType,
  StreamMessageReader,
  StreamMessageWriter,
  type WorkspaceDiagnosticReport,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver-protocol/node';
import { built } from '../fakes/built.ts';

export interface ClientOptions {
  readonly capabilities?: ClientCapabilities;
  /** Absolute paths. */
  readonly folders?: readonly string[];
  readonly initializationOptions?: unknown;
  /** What the client answers to workspace/configuration. */
  readonly settings?: unknown;
}

/** An editor without a screen: speaks to dist/server.js over stdio and remembers what was published. */
export class Client {
  readonly process: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly log: string[] = [];
  /** How often the server asked to be pulled from again. */
  refreshes = 0;
  result: InitializeResult | undefined;
  settings: unknown;
  readonly #versions = new Map<string, number>();

  private constructor(server: string) {
    this.process = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = this.process;
    if (!stdin || !stdout) throw new Error('the server has no pipes');
    stderr?.setEncoding('utf8').on('data', (text: string) => this.log.push(text));
    this.connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.connection.onNotification(
      'textDocument/publishDiagnostics',
      (params: PublishDiagnosticsParams) => void this.published.push(params),
    );
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) => void this.log.push(message));
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.onRequest('workspace/diagnostic/refresh', () => {
      this.refreshes += 1;
      return null;
    });
    this.connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => this.settings ?? null));
    this.connection.onError(() => undefined);
    this.connection.listen();
  }

  static async start({ capabilities = {}, folders = [], initializationOptions, settings }: ClientOptions = {}): Promise<Client> {
    const client = new Client(await built('server'));
    client.settings = settings;
    client.result = await client.connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities,
      workspaceFolders: folders.map(folder => ({ uri: uriOf(folder), name: folder })),
      initializationOptions,
    });
    await client.connection.sendNotification('initialized', {});
    return client;
  }

  async open(uri: string, text: string, languageId = 'yaml'): Promise<void> {
    this.#versions.set(uri, 1);
    await this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  }

  /** Without a range the whole text is replaced. */
  async change(uri: string, text: string, range?: Range): Promise<void> {
    const version = (this.#versions.get(uri) ?? 0) + 1;
    this.#versions.set(uri, version);
    const change = range ? { range, text } : { text };
    await this.connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [change] });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** The diagnostics published for the newest version of the document. */
  async diagnostics(uri: string): Promise<readonly Diagnostic[]> {
    const version = this.#versions.get(uri);
    const current = (one: PublishDiagnosticsParams) => one.uri === uri && one.version === version;
    await until(() => this.published.some(current), `diagnostics of version ${version} of ${uri}`);
    return this.published.findLast(current)?.diagnostics ?? [];
  }

  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri }, ...(previousResultId && { previousResultId }) });
  }

  actions(uri: string, range: Range, only?: string[]): Promise<CodeAction[]> {
    return this.connection.sendRequest('textDocument/codeAction', { textDocument: { uri }, range, context: { diagnostics: [], only } });
  }

  resolve(action: CodeAction): Promise<CodeAction> {
    return this.connection.sendRequest('codeAction/resolve', action);
  }

  hover(uri: string, position: Position): Promise<Hover | null> {
    return this.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position });
  }

  /** The reports of all files that are not open; `had` are the ids that an earlier answer gave. */
  async pullAll(
    had: readonly { uri: string; value: string }[] = [],
    token?: CancellationToken,
  ): Promise<WorkspaceDocumentDiagnosticReport[]> {
    const params = { previousResultIds: had };
    const type = new RequestType<typeof params, WorkspaceDiagnosticReport, void>('workspace/diagnostic');
    return (await this.connection.sendRequest(type, params, token)).items;
  }

  /** Asks the server to end and answers its exit code. */
  async stop(): Promise<number | null> {
    const ended = this.process.exitCode === null ? once(this.process, 'exit') : undefined;
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    await ended;
    this.connection.dispose();
    return this.process.exitCode;
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

/** A folder in the system's temporary place with these files. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'tallyman check '));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Waits for something to become true; fails with its name after ten seconds. */
export async function until(condition: () => boolean, name: string): Promise<void> {
  for (const start = Date.now(); !condition(); ) {
    if (Date.now() - start > 10_000) throw new Error(`waited in vain for ${name}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** What a process holds in memory, from Linux's /proc or else from `ps`. */
export function residentBytes(pid: number | undefined): number {
  const status = `/proc/${pid}/status`;
  if (existsSync(status)) return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1]) * 1024;
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}
