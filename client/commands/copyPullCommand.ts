import type { Command } from './command.ts';
import { copy } from './copyReference.ts';
import { imageFor, nameOf } from './images.ts';

/** `docker pull host/repository:tag`, ready for a terminal. */
export const copyPullCommand: Command = {
  name: 'copyPullCommand',
  async run({ registries }, argument) {
    const image = await imageFor(registries, argument, 'Copy docker pull Command');
    if (image) await copy(`docker pull ${nameOf(image)}`);
  },
};
