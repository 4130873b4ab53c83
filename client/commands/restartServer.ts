import type { Command } from './command.ts';

export const restartServer: Command = {
  name: 'restartServer',
  run: ({ restartServer }) => restartServer(),
};
