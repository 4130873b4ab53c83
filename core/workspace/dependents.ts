/** What each result was made from, so that a change reaches all that depends on it and nothing else. Names are free: the caller's. */
export class Dependents {
  readonly #sources = new Map<string, ReadonlySet<string>>();
  readonly #dependents = new Map<string, Set<string>>();

  /** `result` was made from `sources`, and from nothing else. */
  set(result: string, sources: ReadonlySet<string>): void {
    this.delete(result);
    this.#sources.set(result, sources);
    for (const source of sources) {
      const others = this.#dependents.get(source);
      if (others) others.add(result);
      else this.#dependents.set(source, new Set([result]));
    }
  }

  delete(result: string): void {
    for (const source of this.#sources.get(result) ?? []) {
      const others = this.#dependents.get(source);
      others?.delete(result);
      if (others?.size === 0) this.#dependents.delete(source);
    }
    this.#sources.delete(result);
  }

  /** Everything that was made from `source`, directly or not. */
  of(source: string): ReadonlySet<string> {
    const found = new Set<string>();
    const queue = [source];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const result of this.#dependents.get(next) ?? []) {
        if (found.has(result)) continue;
        found.add(result);
        queue.push(result);
      }
    }
    return found;
  }

  /** Whether something was made from `source`. */
  has(source: string): boolean {
    return this.#dependents.has(source);
  }

  /** How many results and sources are held. */
  get size(): number {
    return this.#sources.size + this.#dependents.size;
  }
}
