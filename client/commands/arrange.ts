import * as vscode from 'vscode';
import type { Look, Sort } from '../listing/view.ts';
import type { Command } from './command.ts';
import { rowOf } from './rows.ts';

const sorts: readonly { readonly sort: Sort; readonly label: string; readonly detail?: string }[] = [
  { sort: 'newest', label: 'Newest First', detail: 'By the date that the registry tells; without one by version and number' },
  { sort: 'oldest', label: 'Oldest First' },
  { sort: 'name', label: 'By Name' },
  { sort: 'nameDown', label: 'By Name, Z First' },
  { sort: 'size', label: 'By Size, Largest First' },
];

/** On a repository: the order of its tags, remembered for it. */
export const sortRepository: Command = {
  name: 'sortRepository',
  async run({ tree }, argument) {
    const row = rowOf(argument, 'repository');
    if (!row) return;
    const look = tree.look(row);
    const items = sorts.map(one => ({ ...one, ...(one.sort === look.sort && { description: 'now' }) }));
    const picked = await vscode.window.showQuickPick(items, { title: `Sort ${row.repository}`, placeHolder: 'In which order?' });
    if (picked) await tree.setLook(row, { ...look, sort: picked.sort });
  },
};

/** On a repository: shows only what a text is found in, remembered for it. */
export const filterRepository: Command = {
  name: 'filterRepository',
  async run({ tree }, argument) {
    const row = rowOf(argument, 'repository');
    if (!row) return;
    const look: Look = tree.look(row);
    const filter = await vscode.window.showInputBox({
      title: `Filter ${row.repository}`,
      prompt: 'Part of a tag, or the beginning of a digest or a commit; empty shows all',
      placeHolder: '1.4, pr-, sha256:1a2b3c',
      value: look.filter,
    });
    if (filter !== undefined) await tree.setLook(row, { ...look, filter: filter.trim() });
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
