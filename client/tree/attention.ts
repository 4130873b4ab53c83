import { idOf, type Node } from './nodes.ts';
import type { RepositoryBranch } from './repositoryBranch.ts';

/** Which repositories somebody sees: what is read for the others ends, and goes on when they are seen again. */
export class Attention {
  readonly #branches: () => Iterable<RepositoryBranch>;
  /** Registries and repositories that are closed, by id: a row above may be opened again before they are. */
  readonly #closed = new Set<string>();
  #isVisible = true;

  constructor(branches: () => Iterable<RepositoryBranch>) {
    this.#branches = branches;
  }

  get isVisible(): boolean {
    return this.#isVisible;
  }

  close(node: Node): void {
    this.#closed.add(idOf(node));
    this.#look();
  }

  open(node: Node): void {
    if (this.#closed.delete(idOf(node))) this.#look();
  }

  /** The view is shown or hidden as a whole. */
  show(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#look();
  }

  #look(): void {
    for (const branch of this.#branches()) {
      const { node } = branch;
      const isClosed = this.#closed.has(idOf(node)) || this.#closed.has(idOf(node.parent));
      if (this.#isVisible && !isClosed) branch.resume();
      else branch.pause();
    }
  }
}
