import { displayWidth } from './formats/cells.ts';

/** Milliseconds after which somebody at a terminal wonders what is going on. */
const patience = 400;
const drawEvery = 100;

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'write' | 'columns'>;

/** What is waited for, on one line of a terminal that goes away again; nowhere where there is no terminal. */
export class Waiting {
  readonly #what: string;
  readonly #stream: Stream;
  #detail = '';
  #shown = false;

  constructor(what: string, stream: Stream = process.stderr) {
    this.#what = what;
    this.#stream = stream;
  }

  /** How far it is: `1200 tags`. */
  update(detail: string): void {
    this.#detail = detail;
  }

  /** Shows the line while this is under way, once it takes long. */
  async during<T>(work: Promise<T>): Promise<T> {
    if (!this.#stream.isTTY) return work;
    const started = performance.now();
    const timer = setInterval(() => performance.now() - started >= patience && this.#draw(), drawEvery);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      if (this.#shown) this.#stream.write('\r\u001b[2K');
    }
  }

  #draw(): void {
    this.#shown = true;
    let line = this.#detail === '' ? `${this.#what}…` : `${this.#what}: ${this.#detail}`;
    while (displayWidth(line) >= this.#stream.columns) line = `${line.slice(0, -2)}…`;
    this.#stream.write(`\r\u001b[2K${line}`);
  }
}
