import { inspect } from '../../core/inspection/inspect.ts';
import type { Registries } from '../registries.ts';
import { troubleOf } from '../trouble.ts';
import { detailsOf, type Known } from './details.ts';
import type { ImageNode, Node, TagNode } from './nodes.ts';

/** What an image's details are made of beside what its registry says. */
export type Knowledge = (node: TagNode | ImageNode, revision: string | undefined, signal: AbortSignal) => Promise<Known>;

/** The rows below an image's own, read when they are shown and no longer than that. */
export class DetailRows {
  readonly #registries: Pick<Registries, 'reader'>;
  readonly #knowledge: Knowledge;
  /** Those that are being read, by their row. */
  readonly #reading = new Map<Node, AbortController>();
  readonly #stopped = new WeakSet<Node>();

  constructor(registries: Pick<Registries, 'reader'>, knowledge: Knowledge) {
    this.#registries = registries;
    this.#knowledge = knowledge;
  }

  /** None where the row's digest is not known yet, or where it was closed meanwhile. */
  async of(node: TagNode | ImageNode): Promise<Node[]> {
    const { host, repository, row } = node;
    if (row.digest === undefined) return [];
    this.stop(node);
    const controller = new AbortController();
    this.#reading.set(node, controller);
    const { signal } = controller;
    try {
      const inspection = await inspect(this.#registries.reader(host), repository, row.digest, { signal });
      const known = await this.#knowledge(node, inspection.revision, signal);
      return [...detailsOf(node, inspection, known)];
    } catch (error) {
      return signal.aborted ? [] : [{ kind: 'note', parent: node, text: troubleOf(error).message, more: false }];
    } finally {
      if (this.#reading.get(node) === controller) this.#reading.delete(node);
    }
  }

  /** The row was closed. */
  stop(node: Node): void {
    const reading = this.#reading.get(node);
    if (!reading) return;
    reading.abort();
    this.#stopped.add(node);
  }

  /** True once for a row that was closed before its details were there: the editor took it for one that has none. */
  wasStopped(node: Node): boolean {
    return this.#stopped.delete(node);
  }

  dispose(): void {
    for (const controller of this.#reading.values()) controller.abort();
  }
}
