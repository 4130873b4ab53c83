import * as vscode from 'vscode';
import type { Registries } from '../registries.ts';
import type { Command } from './command.ts';
import { repositoryOf } from './images.ts';
import { pickRepository, type Repository } from './pick.ts';

/** Keeps a repository on top of its registry's list. */
export const pinRepository: Command = {
  name: 'pinRepository',
  async run({ registries, tree }, argument) {
    const at = repositoryOf(registries, argument) ?? (await pickRepository(registries, 'Pin a Repository'));
    if (!at) return;
    await registries.pin(at.host, at.repository, true);
    tree.reorder(at.host);
  },
};

export const unpinRepository: Command = {
  name: 'unpinRepository',
  async run({ registries, tree }, argument) {
    const at = repositoryOf(registries, argument) ?? (await pickPinned(registries));
    if (!at) return;
    await registries.pin(at.host, at.repository, false);
    tree.reorder(at.host);
  },
};

async function pickPinned(registries: Registries): Promise<Repository | undefined> {
  const items = registries
    .pinned()
    .map(({ host, repository }) => ({ label: `$(pinned) ${repository}`, description: host, host, repository }));
  if (items.length === 0) void vscode.window.showInformationMessage('No repository is pinned.');
  return items.length === 0 ? undefined : vscode.window.showQuickPick(items, { title: 'Unpin Repository', placeHolder: 'Repository' });
}
