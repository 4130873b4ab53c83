import type { Registry } from '../../core/registry/registry.ts';

/** What is kept of a registry's names between two runs. */
export interface KeptNames {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly names: readonly string[];
}

export interface NamesMemory {
  read(): Promise<KeptNames | undefined>;
  write(kept: KeptNames): void;
}

/** Names are cheap, but a list of this length is no longer read by anyone. */
const mostNames = 10_000;
/** Milliseconds until the names that came so far are shown; the others follow. */
const patience = 250;

/** The repositories of one registry: what came at once first, the rest behind it, the last run's until then. */
export class RepositoryNames {
  readonly registry: Registry;
  readonly #memory: NamesMemory | undefined;
  readonly #listeners = new Set<() => void>();
  #names: readonly string[] = [];
  #at: number | undefined;
  #told = false;
  #complete = false;
  #trouble: unknown;
  #under = new AbortController();

  constructor(registry: Registry, memory?: NamesMemory) {
    this.registry = registry;
    this.#memory = memory;
  }

  /** Sorted. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** All of them were read once. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Milliseconds since 1970: the registry told these names then, and has not answered since it was asked again. */
  get asOf(): number | undefined {
    return this.#told ? undefined : this.#at;
  }

  /** Why the registry did not tell all of them; `undefined` where nothing went wrong. */
  get trouble(): unknown {
    return this.#trouble;
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Takes the names of the last run; false where there are none. */
  async restore(): Promise<boolean> {
    const kept = await this.#memory?.read();
    if (!kept || this.#names.length > 0) return false;
    this.#names = kept.names;
    this.#at = kept.at;
    return true;
  }

  /** Asks for all names; resolves with what came within a moment. Names from before stay whatever goes wrong, which `trouble` tells. */
  async open(): Promise<void> {
    this.stop();
    const { signal } = this.#under;
    const reading = this.#read(signal);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enough = new Promise<void>(resolve => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([reading, enough]).finally(() => clearTimeout(timer));
    // Nothing yet: an empty list would say that there is none.
    if (this.#names.length === 0) await reading;
  }

  /** The same to the end, and throws what goes wrong. */
  async readAgain(): Promise<void> {
    this.stop();
    const { signal } = this.#under;
    await this.#read(signal);
    if (!signal.aborted && this.#trouble !== undefined) throw this.#trouble;
  }

  stop(): void {
    this.#under.abort();
    this.#under = new AbortController();
  }

  dispose(): void {
    this.stop();
    this.#listeners.clear();
  }

  async #read(signal: AbortSignal): Promise<void> {
    const found: string[] = [];
    const before = this.#names;
    try {
      for await (const name of this.registry.repositories({ signal })) {
        if (signal.aborted || found.push(name) > mostNames) break;
        // While there is more to come, what was known stays beside what came.
        if (before.length === 0 && found.length % 100 === 0) this.#take(found);
      }
      if (signal.aborted) return;
      this.#take(found);
      this.#complete = true;
      this.#told = true;
      this.#at = Date.now();
      this.#trouble = undefined;
      this.#memory?.write({ at: this.#at, names: this.#names });
    } catch (error) {
      if (signal.aborted) return;
      this.#told = false;
      this.#trouble = error;
    }
    for (const listener of this.#listeners) listener();
  }

  #take(found: readonly string[]): void {
    this.#names = [...found].sort();
  }
}
