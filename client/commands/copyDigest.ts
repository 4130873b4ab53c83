import type { Command } from './command.ts';
import { copy } from './copyReference.ts';
import { rowOf } from './rows.ts';

/** The digest that the tag names now, asked for where the row does not know it yet. */
export const copyDigest: Command = {
  name: 'copyDigest',
  async run({ registries }, argument) {
    const row = rowOf(argument, 'tag');
    if (!row) return;
    const { host, repository, tag, state } = row;
    const digest = state.status === 'known' ? state.digest : (await registries.at(host).resolve(repository, tag))?.digest;
    if (digest === undefined) throw new Error(`${tag} is no longer there.`);
    await copy(digest);
  },
};
