import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { imageOf, repositoryOf } from './images.ts';
import { pickRepository } from './pick.ts';

/** Opens the registry's own page about a repository or an image in the browser. */
export const openWebPage: Command = {
  name: 'openWebPage',
  async run({ registries }, argument) {
    const image = imageOf(registries, argument);
    const at = image ?? repositoryOf(registries, argument) ?? (await pickRepository(registries, 'Open Web Page'));
    if (!at) return;
    const page = registries.at(at.host).webPage(at.repository, image?.reference);
    const url = page !== undefined && URL.canParse(page) ? new URL(page) : undefined;
    if (url?.protocol !== 'https:') throw new Error(`${at.host} has no web page about ${at.repository} that is known.`);
    await vscode.env.openExternal(vscode.Uri.parse(url.href, true));
  },
};
