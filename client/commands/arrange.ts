import * as vscode from 'vscode';
import type { Look, Sort } from '../listing/view.ts';
import type { RegistryTree } from '../tree/registryTree.ts';
import type { Command } from './command.ts';
import { repositoryOf } from './images.ts';
import { pickRepository, type Repository } from './pick.ts';
import { rowOf } from './rows.ts';

const sorts: readonly { readonly sort: Sort; readonly label: string; readonly detail?: string }[] = [
  { sort: 'newest', label: 'Newest First', detail: 'By the date that the registry tells; without one by version and number' },
  { sort: 'oldest', label: 'Oldest First' },
  { sort: 'name', label: 'By Name' },
  { sort: 'nameDown', label: 'By Name, Z First' },
  { sort: 'size', label: 'By Size, Largest First' },
];

/** The order of a repository's tags, remembered for it. */
export const sortRepository: Command = {
  name: 'sortRepository',
  async run({ registries, tree }, argument) {
    const at = repositoryOf(registries, argument) ?? (await pickRepository(registries, 'Sort a Repository'));
    if (!at) return;
    const look = tree.look(at);
    const items = sorts.map(one => ({ ...one, ...(one.sort === look.sort && { description: 'now' }) }));
    const picked = await vscode.window.showQuickPick(items, { title: `Sort ${at.repository}`, placeHolder: 'In which order?' });
    if (picked) await show(tree, at, { ...look, sort: picked.sort });
  },
};

/** Shows of a repository only what a text is found in, remembered for it. */
export const filterRepository: Command = {
  name: 'filterRepository',
  async run({ registries, tree }, argument) {
    const at = repositoryOf(registries, argument) ?? (await pickRepository(registries, 'Filter a Repository'));
    if (!at) return;
    const look: Look = tree.look(at);
    const filter = await vscode.window.showInputBox({
      title: `Filter ${at.repository}`,
      prompt: 'Part of a tag, or the beginning of a digest or a commit; empty shows all',
      placeHolder: '1.4, pr-, sha256:1a2b3c',
      value: look.filter,
    });
    if (filter !== undefined) await show(tree, at, { ...look, filter: filter.trim() });
  },
};

/** On a repository that is filtered. */
export const clearFilter: Command = {
  name: 'clearFilter',
  async run({ tree }, argument) {
    const row = rowOf(argument, 'repository');
    if (row) await tree.setLook(row, { ...tree.look(row), filter: '' });
  },
};

/** From the palette too, where the sidebar may be hidden. */
async function show(tree: RegistryTree, at: Repository, look: Look): Promise<void> {
  await vscode.commands.executeCommand('tallyman.registries.focus');
  await tree.setLook(at, look);
}
