import * as vscode from 'vscode';
import type { Command } from './command.ts';

/** Forgets what registries listed and what images hold; all of it is read anew. Credentials and settings stay. */
export const clearCache: Command = {
  name: 'clearCache',
  async run({ registries }) {
    await registries.clearCache();
    vscode.window.setStatusBarMessage('The cache of registries is empty.', 3000);
  },
};
