import * as vscode from 'vscode';
import { printable } from '../../core/text/printable.ts';
import type { NewWorkflowAnswer, NewWorkflowParams, WorkflowKind } from '../../protocol/index.ts';
import { plain, withoutSymbols } from '../trouble.ts';
import type { Command, Parts } from './command.ts';

const kinds: Readonly<Record<WorkflowKind, { readonly label: string; readonly detail: string }>> = {
  promotion: { label: 'Promotion', detail: 'Moves an environment’s tag to an image that was built before, checked and by digest' },
  rollback: { label: 'Rollback', detail: 'Moves it back to what it named before, as the promotions recorded' },
  preview: { label: 'Preview', detail: 'An image for each commit of a pull request, removed when that is closed' },
  cache: { label: 'Build with a cache', detail: 'A build whose layers are kept in the registry, and signed images' },
};

/** Opens a new workflow, made from the folder's policy and workflows, as a file that is not saved yet. */
export const newWorkflow: Command = {
  name: 'newWorkflow',
  async run(parts) {
    const folder = await pickFolder();
    const kind = folder && (await pickKind());
    if (!kind) return;
    const made = await ask(parts, { folder: folder.uri.toString(), kind });
    if (!made) return;
    await open(vscode.Uri.joinPath(folder.uri, made.path), made.text);
    if (made.notes.length > 0) void vscode.window.showInformationMessage(plain(made.notes.map(printable).join(' ')));
  },
};

async function pickFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const [only, ...more] = vscode.workspace.workspaceFolders ?? [];
  if (!only) void vscode.window.showInformationMessage('Open a folder first: the workflow is made from the ones in it.');
  return more.length === 0 ? only : vscode.window.showWorkspaceFolderPick({ placeHolder: 'For which folder?' });
}

async function pickKind(): Promise<WorkflowKind | undefined> {
  const items = Object.entries(kinds).map(([kind, words]) => ({ ...words, makes: kind as WorkflowKind }));
  return (await vscode.window.showQuickPick(items, { title: 'New Workflow', placeHolder: 'What is it to do?', matchOnDetail: true }))
    ?.makes;
}

/** Asks the server, and the user where several would do. */
async function ask(parts: Parts, params: NewWorkflowParams): Promise<Extract<NewWorkflowAnswer, { status: 'made' }> | undefined> {
  const answer = await parts.newWorkflow(params);
  if (answer.status === 'made') return answer;
  const { about, options } = answer;
  if (options.length === 0 || params[about] !== undefined) {
    void vscode.window.showInformationMessage('No workflow here pushes an image that a new one could name.');
    return undefined;
  }
  const items = options.map(option => ({ label: withoutSymbols(printable(option)), option }));
  const picked = await vscode.window.showQuickPick(items, { title: 'New Workflow', placeHolder: `Which ${about}?` });
  return picked && ask(parts, { ...params, [about]: picked.option });
}

/** Under the name that it will be saved as; where a file has that already, without one. */
async function open(uri: vscode.Uri, text: string): Promise<void> {
  const isThere = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (isThere) {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'yaml', content: text }));
    void vscode.window.showInformationMessage(`${printable(vscode.workspace.asRelativePath(uri))} is there already: compare the two.`);
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri.with({ scheme: 'untitled' }));
  const editor = await vscode.window.showTextDocument(document);
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  await editor.edit(edit => edit.replace(all, text));
}
