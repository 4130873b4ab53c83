import type * as vscode from 'vscode';
import { languageClient } from './languageClient.ts';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const client = languageClient(context);
  context.subscriptions.push(client);
  await client.start();
}
