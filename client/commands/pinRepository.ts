import type { Command } from './command.ts';
import { repositoryOf } from './images.ts';
import { pickRepository } from './pick.ts';

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
    const at = repositoryOf(registries, argument);
    if (!at) return;
    await registries.pin(at.host, at.repository, false);
    tree.reorder(at.host);
  },
};
