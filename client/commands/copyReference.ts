import * as vscode from 'vscode';
import { formatReference } from '../../core/image/reference.ts';
import type { Command } from './command.ts';
import { rowOf } from './rows.ts';

/** `host/repository:tag`, or without a tag on a repository. */
export const copyReference: Command = {
  name: 'copyReference',
  async run(_, argument) {
    const row = rowOf(argument, 'tag', 'repository');
    if (!row) return;
    const { host, repository } = row;
    await copy(formatReference({ host, repository, ...(row.kind === 'tag' && { tag: row.tag }) }));
  },
};

/** Puts text on the clipboard and says so for a moment. */
export async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`Copied ${text}`, 3000);
}
