import * as vscode from 'vscode';
import { formatReference } from '../../core/image/reference.ts';
import type { Command } from './command.ts';
import { imageOf, imagesFor, nameOf, repositoryOf } from './images.ts';

/** `host/repository:tag`, `host/repository@digest` of an image without a tag, or the repository alone. */
export const copyReference: Command = {
  name: 'copyReference',
  async run({ registries }, argument, selection) {
    const at = repositoryOf(registries, argument);
    if (at && !imageOf(registries, argument)) return copy([formatReference(at)]);
    await copy((await imagesFor(registries, argument, selection, 'Copy Reference')).map(nameOf));
  },
};

/** Puts texts on the clipboard, a line each, and says so for a moment. */
export async function copy(texts: readonly string[]): Promise<void> {
  if (texts.length === 0) return;
  await vscode.env.clipboard.writeText(texts.join('\n'));
  vscode.window.setStatusBarMessage(`Copied ${texts.length === 1 ? texts[0] : `${texts.length} lines`}`, 3000);
}
