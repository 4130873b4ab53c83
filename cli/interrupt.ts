import { constants } from 'node:os';

let writing = 0;
let asked: NodeJS.Signals | undefined;

/**
 * Ends the process as the shell expects of Ctrl-C (130) and of `kill` (143), after `before`: with no document half written and no file
 * half replaced.
 */
export function endOnSignal(before: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      before();
      asked = signal;
      if (writing === 0) end();
    });
  }
}

/** Work that must not be left half done. */
export async function whole<T>(work: () => Promise<T>): Promise<T> {
  writing++;
  try {
    return await work();
  } finally {
    writing--;
    if (writing === 0 && asked) end();
  }
}

function end(): never {
  process.exit(128 + constants.signals[asked ?? 'SIGINT']);
}
