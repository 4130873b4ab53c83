import * as vscode from 'vscode';
import { formatReference } from '../../core/image/reference.ts';
import type { Command } from './command.ts';
import { imageOf, nameOf, repositoryOf } from './images.ts';

/** `host/repository:tag`, `host/repository@digest` of an image without a tag, or the repository alone. */
export const copyReference: Command = {
  name: 'copyReference',
  async run({ registries }, argument) {
    const image = imageOf(registries, argument);
    const at = repositoryOf(registries, argument);
    if (at) await copy(image ? nameOf(image) : formatReference(at));
  },
};

/** Puts text on the clipboard and says so for a moment. */
export async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`Copied ${text}`, 3000);
}
