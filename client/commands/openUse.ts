import * as vscode from 'vscode';
import type { Command } from './command.ts';

/** On a detail of an image that lies elsewhere: a place in a workflow, or a page of GitHub's. */
export const openUse: Command = {
  name: 'openUse',
  async run(_, argument) {
    if (!isPlace(argument)) return;
    const uri = vscode.Uri.parse(argument.uri, true);
    if (uri.scheme === 'https') {
      await vscode.env.openExternal(uri);
      return;
    }
    // Rows come from the language server; still only files of the workspace are opened.
    if (!vscode.workspace.getWorkspaceFolder(uri)) return;
    const at = new vscode.Position(argument.line ?? 0, argument.character ?? 0);
    await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at), preview: true });
  },
};

function isPlace(argument: unknown): argument is { readonly uri: string; readonly line?: number; readonly character?: number } {
  const { uri, line, character } = (argument ?? {}) as Readonly<Record<string, unknown>>;
  const isCount = (value: unknown) => value === undefined || (Number.isInteger(value) && Number(value) >= 0);
  return typeof uri === 'string' && isCount(line) && isCount(character);
}
