import * as vscode from 'vscode';
import type { Credentials } from '../../core/registry/registry.ts';
import type { Command } from './command.ts';
import { rowOf } from './rows.ts';

/** On a row whose registry wants credentials. */
export const signIn: Command = {
  name: 'signIn',
  async run({ registries, keychain, tree }, argument) {
    const parent = rowOf(argument, 'trouble')?.parent;
    if (!parent) return;
    const credentials = await askCredentials(parent.host);
    if (!credentials) return;
    await keychain.store(parent.host, credentials);
    registries.forget(parent.host);
    tree.refresh(parent);
  },
};

/** Asks for a user name and a password; `undefined` where the user changed their mind. */
export async function askCredentials(host: string): Promise<Credentials | undefined> {
  const title = `Sign in to ${host}`;
  const username = await vscode.window.showInputBox({ title, prompt: 'User name', ignoreFocusOut: true });
  if (!username) return undefined;
  const prompt = 'Password or access token. It is kept in the editor’s secret storage and sent to this registry only.';
  const password = await vscode.window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true });
  return password ? { kind: 'basic', username, password } : undefined;
}
