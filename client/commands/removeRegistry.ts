import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { pickHost } from './pick.ts';
import { rowOf } from './rows.ts';

/** Forgets a registry and the credentials that were typed in for it. Docker's own are left alone. */
export const removeRegistry: Command = {
  name: 'removeRegistry',
  async run({ registries, keychain }, argument) {
    const host = rowOf(argument, 'registry')?.host ?? (await pickHost(registries, 'Remove a Registry'));
    if (host === undefined) return;
    const detail = 'It leaves the sidebar, and what you typed in to sign in is deleted. Nothing changes in the registry.';
    const answer = await vscode.window.showWarningMessage(`Remove ${host}?`, { modal: true, detail }, 'Remove');
    if (answer !== 'Remove') return;
    await keychain.forget(host);
    await registries.remove(host);
  },
};
