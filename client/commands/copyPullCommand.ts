import type { Command } from './command.ts';
import { copy } from './copyReference.ts';
import { imagesFor, nameOf } from './images.ts';

/** `docker pull host/repository:tag`, ready for a terminal. */
export const copyPullCommand: Command = {
  name: 'copyPullCommand',
  async run({ registries }, argument, selection) {
    const images = await imagesFor(registries, argument, selection, 'Copy docker pull Command');
    await copy(images.map(image => `docker pull ${nameOf(image)}`));
  },
};
