/** Milliseconds without an edit before anything is analysed. */
const quietTime = 150;

/** One timer for all documents: many edits end in one analysis. */
export class Quiet {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];
  readonly #then: () => void;

  constructor(then: () => void) {
    this.#then = then;
  }

  edited(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const resume of this.#waiting.splice(0)) resume();
      this.#then();
    }, quietTime);
  }

  /** Resolves when nothing has been edited for a while; at once where nothing is under way. */
  wait(): Promise<void> {
    return this.#timer === undefined ? Promise.resolve() : new Promise(resolve => this.#waiting.push(resolve));
  }
}
