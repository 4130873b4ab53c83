import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import * as vscode from 'vscode';
import { fileLedger } from '../core/promotion/ledger.ts';
import { newWorkflowRequest, protectedTagsRequest } from '../protocol/index.ts';
import type { Parts } from './commands/command.ts';
import { registerCommands } from './commands/index.ts';
import { answerServer } from './images/answering.ts';
import { editorKeychain } from './keychain.ts';
import { startLanguageServer, workspaceQuestions } from './languageServer.ts';
import { Refresher } from './listing/refresher.ts';
import { askPullRequests } from './pullRequests.ts';
import { Registries } from './registries.ts';
import { workspaceKnowledge } from './tree/knowledge.ts';
import { Looks } from './tree/looks.ts';
import { RegistryTree, viewId } from './tree/registryTree.ts';
import { Pages } from './views/pages.ts';
import { PlanViews } from './views/planView.ts';
import { RuleViews } from './views/ruleViews.ts';

/** Builds the parts and connects them. Under the editor's own tests it answers the parts, else nothing. */
export async function activate(context: vscode.ExtensionContext): Promise<Parts | undefined> {
  const log = vscode.window.createOutputChannel('Tallyman', { log: true });
  const keychain = editorKeychain(context.secrets);
  const storage = context.globalStorageUri.fsPath;
  const server = startLanguageServer(context, log, client => answerServer(client, registries));
  const workspace = workspaceQuestions(server);
  const registries = new Registries(keychain, context.globalState, join(storage, 'cache'), workspace.roles);
  const pullRequests = askPullRequests(registries, keychain);
  const knowledge = workspaceKnowledge(workspace.uses, pullRequests);
  const tree = new RegistryTree(registries, new Looks(context.globalState), knowledge, pullRequests);
  const plans = new PlanViews();
  const pages = new Pages();
  const rulePages = new RuleViews(context.asAbsolutePath('dist'));
  const ledger = fileLedger(join(storage, 'ledger.jsonl'));
  const parts: Parts = {
    registries,
    keychain,
    pullRequests,
    tree,
    ledger,
    plans,
    rulePages,
    pages,
    compareSelection: {},
    knownIndexes: new LRUCache({ max: 50_000 }),
    log,
    restartServer: () => server.restart(),
    protectedTags: params => server.request(protectedTagsRequest, params),
    newWorkflow: params => server.request(newWorkflowRequest, params),
  };
  const view = vscode.window.createTreeView(viewId, { treeDataProvider: tree, showCollapseAll: true, canSelectMany: true });
  view.onDidCollapseElement(({ element }) => tree.collapsed(element));
  view.onDidExpandElement(({ element }) => tree.expanded(element));
  view.onDidChangeVisibility(({ visible }) => tree.attention.show(visible));
  const refresher = new Refresher(() => tree.seen());
  const watching = vscode.window.onDidChangeWindowState(({ focused, active }) => refresher.attend(focused && active));
  context.subscriptions.push(
    log,
    keychain,
    registries,
    tree,
    refresher,
    watching,
    plans,
    pages,
    rulePages,
    view,
    server,
    registerCommands(parts),
  );
  if (context.extensionMode !== vscode.ExtensionMode.Test) return undefined;
  await server.started;
  return parts;
}
