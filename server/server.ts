import { isDeepStrictEqual } from 'node:util';
import {
  CodeActionKind,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  PositionEncodingKind,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { settingsSection } from '../protocol/index.ts';
import { Analysis } from './analysis.ts';
import type { Context } from './context.ts';
import { codeActions, fixAllKind } from './features/codeActions.ts';
import { codeLens } from './features/codeLens.ts';
import { completion } from './features/completion.ts';
import { definition } from './features/definition.ts';
import { type Diagnostics, diagnostics } from './features/diagnostics.ts';
import { hover } from './features/hover.ts';
import { inlayHints } from './features/inlayHints.ts';
import { links } from './features/links.ts';
import { newWorkflow } from './features/newWorkflow.ts';
import { protectedTags } from './features/protectedTags.ts';
import { tags } from './features/tags.ts';
import { Folders, type WorkspaceFiles } from './folders.ts';
import { Live } from './live/live.ts';
import { initialSettings, wantedFiles, withSection } from './settings.ts';

/** Milliseconds that a first answer waits for the saved files of the workspace. */
const patience = 2000;
/** All YAML, since settings may make any of it a workflow, and what workflows name; what is not ours is sorted out when it changes. */
const watched = [
  '**/*.{yml,yaml,sh,bash,hcl,json,tfvars}',
  '**/*{Dockerfile,dockerfile,Containerfile,Kustomization}*',
  '**/.dockerignore',
  '**/{scripts,script,bin,ci,hack}/**',
];

/**
 * Serves one client over `connection`, from `initialize` to `exit`. `files` is the workspace: the server itself touches neither disk
 * nor network.
 */
export function startServer(connection: Connection, files: WorkspaceFiles): void {
  const documents = new TextDocuments(TextDocument);
  const folders = new Folders(files);
  connection.onInitialize(params => {
    const client = params.capabilities;
    const report = (message: string) => connection.console.error(message);
    const analysis = new Analysis(documents, folders, initialSettings(params.initializationOptions), report);
    const parts = {
      connection,
      analysis,
      isOpen: (uri: string) => documents.get(uri) !== undefined,
      openDocuments: () => documents.keys(),
    };
    const live = new Live(parts, analysis.settings.answersRegistries);
    let pages: ReadonlyMap<string, string> | undefined;
    const context: Context = {
      connection,
      documents,
      analysis,
      folders,
      live,
      client,
      pages: () => {
        pages ??= files.rulePages?.() ?? new Map();
        return pages;
      },
      showsRules: () => analysis.settings.showsRules,
      loaded: () => loaded(folders),
    };
    const shown = diagnostics(context);
    codeActions(context);
    hover(context);
    for (const feature of [codeLens, inlayHints, completion, links, definition]) feature(context);
    newWorkflow(context);
    tags(context);
    protectedTags(context);
    live.onChange(shown.again);
    documents.onDidChangeContent(({ document }) => live.edited(document.uri));
    documents.onDidClose(({ document }) => live.closed(document.uri));
    followWorkspace(connection, folders, analysis, params, { refresh: shown.refresh, again: () => live.again() });
    return capabilities(params, live.enabled);
  });
  documents.listen(connection);
  connection.listen();
}

function capabilities({ capabilities: client }: InitializeParams, asksRegistries: boolean): InitializeResult {
  return {
    serverInfo: { name: 'tallyman' },
    capabilities: {
      positionEncoding: PositionEncodingKind.UTF16,
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind], resolveProvider: true },
      hoverProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      ...(asksRegistries && {
        codeLensProvider: {},
        inlayHintProvider: true,
        documentLinkProvider: {},
        completionProvider: { triggerCharacters: [':', '/'] },
      }),
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      ...(client.textDocument?.diagnostic && {
        diagnosticProvider: { identifier: 'tallyman', interFileDependencies: true, workspaceDiagnostics: true },
      }),
    },
  };
}

async function loaded(folders: Folders): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<void>(resolve => {
    timer = setTimeout(resolve, patience);
  });
  await Promise.race([Promise.all(folders.all().map(folder => folder.loaded)), enough]);
  clearTimeout(timer);
}

/** Keeps folders, saved files and settings as the client says they are. */
function followWorkspace(connection: Connection, folders: Folders, analysis: Analysis, params: InitializeParams, shown: Diagnostics): void {
  const { workspace } = params.capabilities;
  async function load(some = folders.all()): Promise<void> {
    await Promise.all([folders.introduce(), ...some.map(folder => folder.load(wantedFiles(analysis.settings)))]);
    shown.refresh();
  }
  async function readSettings(sent?: unknown): Promise<void> {
    const section = workspace?.configuration ? await connection.workspace.getConfiguration(settingsSection).catch(() => undefined) : sent;
    const before = analysis.settings;
    analysis.settings = withSection(before, section);
    if (isDeepStrictEqual(before, analysis.settings)) return;
    await load();
    shown.again();
  }

  // A client that takes back what it announced loses the notification, nothing else.
  function register(answer: Promise<unknown>): void {
    answer.catch((error: Error) => connection.console.warn(`The client does not tell of changes: ${error.message}`));
  }

  const given = params.workspaceFolders?.map(({ uri }) => uri) ?? (params.rootUri ? [params.rootUri] : []);
  for (const uri of given) folders.add(uri);
  const introduced = folders.introduce();
  for (const folder of folders.all()) void folder.load(wantedFiles(analysis.settings), introduced);

  connection.onInitialized(async () => {
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      const watchers = watched.map(globPattern => ({ globPattern }));
      register(connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }));
    }
    if (workspace?.didChangeConfiguration?.dynamicRegistration) {
      register(connection.client.register(DidChangeConfigurationNotification.type, { section: settingsSection }));
    }
    if (workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed) folders.remove(uri);
        void load(added.map(({ uri }) => folders.add(uri)));
      });
    }
    await readSettings();
    await Promise.all(folders.all().map(folder => folder.loaded));
    shown.refresh();
  });
  connection.onDidChangeConfiguration(({ settings }) => readSettings((settings as Record<string, unknown> | null)?.[settingsSection]));
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    const wanted = wantedFiles(analysis.settings);
    let ours = false;
    for (const { uri } of changes) {
      const { folder, path } = folders.locate(uri);
      if (wanted(path)) await folder.refresh(path);
      ours = wanted(path) || (await folder.refreshOther(path)) || ours;
      ours = (await folders.refreshBeside(uri)) || ours;
    }
    if (ours) shown.refresh();
  });
}
