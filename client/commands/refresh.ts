import type { Command } from './command.ts';
import { rowOf } from './rows.ts';

export const refresh: Command = {
  name: 'refresh',
  run({ registries, tree }) {
    tree.refresh();
    registries.doubt(undefined);
  },
};

/** On a registry or a repository: only what is below it. */
export const refreshItem: Command = {
  name: 'refreshItem',
  run({ registries, tree }, argument) {
    const row = rowOf(argument, 'registry', 'repository');
    tree.refresh(row);
    registries.doubt(row && { host: row.host, ...(row.kind === 'repository' && { repository: row.repository }) });
  },
};

/** On the row below one that says what went wrong. */
export const retry: Command = {
  name: 'retry',
  run: ({ tree }, argument) => tree.refresh(rowOf(argument, 'trouble')?.parent),
};

export const showMore: Command = {
  name: 'showMore',
  run({ tree }, argument) {
    const row = rowOf(argument, 'note');
    if (row) tree.showMore(row);
  },
};
