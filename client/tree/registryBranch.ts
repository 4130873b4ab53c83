import type { RepositoryNames } from '../listing/repositoryNames.ts';
import { type Trouble, troubleOf } from '../trouble.ts';
import type { Node, RegistryNode, RepositoryNode } from './nodes.ts';

/** Repositories that are shown at once. */
export const repositoriesAtOnce = 100;

/** A registry's rows in the sidebar: a page of its repositories, kept as the same objects while they are shown. */
export class RegistryBranch {
  readonly node: RegistryNode;
  readonly #newNames: () => RepositoryNames;
  readonly #redraw: () => void;
  readonly #inOrder: (repositories: readonly string[]) => readonly string[];
  readonly #repositories = new Map<string, RepositoryNode>();
  #names: RepositoryNames | undefined;
  #trouble: Trouble | undefined;

  constructor(
    node: RegistryNode,
    newNames: () => RepositoryNames,
    redraw: () => void,
    inOrder: (repositories: readonly string[]) => readonly string[],
  ) {
    this.node = node;
    this.#newNames = newNames;
    this.#redraw = redraw;
    this.#inOrder = inOrder;
  }

  /** What its row says of the list of repositories, where the registry was asked for one. */
  get progress(): { readonly loaded: number; readonly complete: boolean; readonly asOf?: number } | undefined {
    const names = this.#names;
    return names && { loaded: names.names.length, complete: names.complete, ...(names.asOf !== undefined && { asOf: names.asOf }) };
  }

  /** The repositories of the page, and a row for more. Throws where the registry does not tell and nothing is known from before. */
  async children(): Promise<Node[]> {
    const { named, host } = this.node;
    const all = this.#inOrder(named.length > 0 ? named : await this.#list());
    if (all.length === 0 && this.#trouble) return this.#troubleRows();
    if (all.length === 0) return [{ kind: 'note', parent: this.node, text: 'no repositories yet', more: false }];
    const shown = all.slice(0, this.node.shown).map((repository): Node => {
      const node = this.#repositories.get(repository) ?? { kind: 'repository', host, repository, parent: this.node };
      this.#repositories.set(repository, node);
      return node;
    });
    const rest = all.length - shown.length;
    const text = `Show ${Math.min(rest, repositoriesAtOnce)} more of ${rest.toLocaleString('en')}…`;
    const more: readonly Node[] = rest > 0 ? [{ kind: 'note', parent: this.node, text, more: true }] : [];
    return [...shown, ...more, ...this.#troubleRows()];
  }

  repository(name: string): RepositoryNode | undefined {
    return this.#repositories.get(name);
  }

  /** Asks for the list anew when it is next shown. */
  forget(): void {
    this.#names?.dispose();
    this.#names = undefined;
    this.#trouble = undefined;
  }

  /** Below what is known from before: why it is not known anew, and what to do. */
  #troubleRows(): Node[] {
    const trouble = this.#trouble;
    return trouble ? (['message', 'remedy'] as const).map(part => ({ kind: 'trouble', part, parent: this.node, trouble })) : [];
  }

  /** Behind a list of before: that of now, or what is wrong. */
  async #renew(names: RepositoryNames): Promise<void> {
    const trouble = await names.open().then(
      () => undefined,
      (error: unknown) => troubleOf(error),
    );
    if (this.#names !== names) return;
    this.#trouble = trouble;
    this.#redraw();
  }

  async #list(): Promise<readonly string[]> {
    if (this.#names) return this.#names.names;
    const names = this.#newNames();
    this.#names = names;
    names.onChange(this.#redraw);
    try {
      if (await names.restore()) void this.#renew(names);
      else await names.open();
    } catch (error) {
      if (this.#names === names) this.forget();
      throw error;
    }
    return names.names;
  }
}
