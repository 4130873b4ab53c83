import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { rowOf } from './rows.ts';

/** On a row whose message is longer than the sidebar is wide. */
export const showTrouble: Command = {
  name: 'showTrouble',
  run(_, argument) {
    const row = rowOf(argument, 'trouble');
    if (row) void vscode.window.showWarningMessage(row.trouble.message);
  },
};
