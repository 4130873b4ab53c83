/** Files that nobody has asked for during so many changes are dropped. */
const kept = 256;

/** Files that workflows name: what is asked for is wanted until somebody says what it holds, or that it is not there. */
export class Others<File extends { readonly text: string }> {
  readonly #files = new Map<string, File | undefined>();
  readonly #wanted = new Set<string>();
  /** At which change a file was last asked for. */
  readonly #asked = new Map<string, number>();
  #changes = 0;

  ask(path: string): File | undefined {
    this.#asked.set(path, this.#changes);
    if (!this.#files.has(path)) this.#wanted.add(path);
    return this.#files.get(path);
  }

  /** The file, without asking for it. */
  get(path: string): File | undefined {
    return this.#files.get(path);
  }

  takeWanted(): readonly string[] {
    const paths = [...this.#wanted];
    this.#wanted.clear();
    return paths;
  }

  isWanted(path: string): boolean {
    return this.#wanted.has(path) || this.#files.has(path);
  }

  /** Answers whether that is new to whoever asked: a file that is not there was taken for missing already. */
  set(path: string, text: string | undefined, make: (text: string) => File): boolean {
    this.#wanted.delete(path);
    const before = this.#files.get(path)?.text;
    if (this.#files.has(path) && before === text) return false;
    this.#files.set(path, text === undefined ? undefined : make(text));
    this.#asked.set(path, this.#changes);
    return before !== text;
  }

  /** A file of the workspace changed: from time to time what no result stands on any more is dropped. */
  changed(isUsed: (path: string) => boolean): void {
    this.#changes++;
    if (this.#changes % kept !== 0) return;
    for (const [path, asked] of this.#asked) {
      if (asked > this.#changes - kept || isUsed(path)) continue;
      this.#asked.delete(path);
      this.#files.delete(path);
      this.#wanted.delete(path);
    }
  }

  get size(): number {
    return this.#files.size + this.#wanted.size + this.#asked.size;
  }
}
