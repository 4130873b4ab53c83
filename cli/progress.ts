import { plural } from './formats/count.ts';

/** Milliseconds after which somebody at a terminal wonders what is going on. */
const patience = 400;
/** Milliseconds between two looks at what else there is to do: a signal, another thread's word. */
const slice = 50;

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;

/** How far a run is: on one line of a terminal that goes away again, or nowhere. */
export class Progress {
  readonly #total: number;
  readonly #stream: Stream;
  readonly #started = performance.now();
  #done = 0;
  #breathed = performance.now();
  #shown = false;

  constructor(total: number, stream: Stream = process.stderr) {
    this.#total = total;
    this.#stream = stream;
  }

  /** So many files more are done. */
  advance(files = 1): void {
    this.#done += files;
  }

  /** Lets signals and messages be taken, from time to time; and shows where the run is. */
  async breathe(): Promise<void> {
    const now = performance.now();
    if (now - this.#breathed < slice) return;
    if (this.#stream.isTTY && now - this.#started > patience) {
      this.#shown = true;
      this.#stream.write(`\r\u001b[2KChecking: ${this.#done} of ${plural(this.#total, 'file')}`);
    }
    await new Promise(resolve => setImmediate(resolve));
    this.#breathed = performance.now();
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\u001b[2K');
    this.#shown = false;
  }
}
