/** `promise`, or the signal's reason where that comes first; the work behind the promise goes on. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop));
}

/** Work that several wait for. It is cancelled once all of them have gone. */
export class Shared<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #done = false;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#result = work(this.#controller.signal).finally(() => {
      this.#done = true;
    });
    // Each who waits is told; that all may have gone by then is no trouble.
    this.#result.catch(() => undefined);
  }

  /** Everybody who waited has gone before there was a result. */
  get stopped(): boolean {
    return this.#controller.signal.aborted && !this.#done;
  }

  async wait(signal?: AbortSignal): Promise<T> {
    this.#waiting += 1;
    try {
      return await unlessAborted(this.#result, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#controller.abort();
    }
  }
}
