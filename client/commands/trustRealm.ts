import * as vscode from 'vscode';
import type { Registries } from '../registries.ts';
import type { Command } from './command.ts';
import { rowOf } from './rows.ts';

/** On a row whose registry wants its credentials sent to another site. */
export const trustRealm: Command = {
  name: 'trustRealm',
  async run({ registries, tree }, argument) {
    const row = rowOf(argument, 'trouble');
    if (row?.trouble.realm !== undefined && (await askRealm(registries, row.parent.host, row.trouble.realm))) tree.refresh(row.parent);
  },
};

/** Asks once whether `realm` may have the credentials of `host`; remembers a yes. */
export async function askRealm(registries: Registries, host: string, realm: string): Promise<boolean> {
  const detail = `${host} asks for its credentials to be sent to ${realm}, which is not known to belong to it. Allow this only if you know that it does.`;
  const answer = await vscode.window.showWarningMessage(`Send credentials of ${host} to ${realm}?`, { modal: true, detail }, 'Allow');
  if (answer !== 'Allow') return false;
  await registries.trustRealm(host, realm);
  return true;
}
