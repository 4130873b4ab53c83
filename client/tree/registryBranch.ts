import type { Registry } from '../../core/registry/registry.ts';
import type { RepositoryNames } from '../listing/repositoryNames.ts';
import { troubleOf } from '../trouble.ts';
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
  #opening: Promise<RepositoryNames> | undefined;

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

  /** The repositories of the page, and a row for more; below them, or in their place, why the registry does not tell them, and what to do. */
  async children(): Promise<Node[]> {
    const { named, host } = this.node;
    const all = this.#inOrder(named.length > 0 ? named : await this.#list());
    const why = this.#why();
    if (all.length === 0 && why.length > 0) return why;
    if (all.length === 0) return [{ kind: 'note', parent: this.node, text: 'no repositories yet', more: false }];
    const shown = all.slice(0, this.node.shown).map((repository): Node => {
      const node = this.#repositories.get(repository) ?? { kind: 'repository', host, repository, parent: this.node };
      this.#repositories.set(repository, node);
      return node;
    });
    const rest = all.length - shown.length;
    const text = `Show ${Math.min(rest, repositoriesAtOnce)} more of ${rest.toLocaleString('en')}…`;
    const more: readonly Node[] = rest > 0 ? [{ kind: 'note', parent: this.node, text, more: true }] : [];
    return [...shown, ...more, ...why];
  }

  repository(name: string): RepositoryNode | undefined {
    return this.#repositories.get(name);
  }

  /** Asks for the list anew: what is shown stays until then, unless the registry is reached another way now. */
  async refresh(registry: Registry): Promise<void> {
    const names = this.#names;
    if (names?.registry === registry && names.names.length > 0) await names.open();
    else this.forget();
  }

  /** Where its list could not be read and nobody but time can help: looks whether it can be now. Throws what is still wrong. */
  get again(): (() => Promise<void>) | undefined {
    const names = this.#names;
    const passes = names?.trouble !== undefined && troubleOf(names.trouble).remedy === 'retry';
    return passes ? () => names.readAgain() : undefined;
  }

  /** Asks for the list anew when it is next shown. */
  forget(): void {
    this.#names?.dispose();
    this.#names = undefined;
    this.#opening = undefined;
  }

  #why(): Node[] {
    const error = this.#names?.trouble;
    if (error === undefined) return [];
    const trouble = troubleOf(error);
    return (['message', 'remedy'] as const).map(part => ({ kind: 'trouble', part, parent: this.node, trouble }));
  }

  /** What came within a moment, or was known before; the rest comes behind it. */
  async #list(): Promise<readonly string[]> {
    for (;;) {
      this.#opening ??= this.#open();
      const opening = this.#opening;
      const names = await opening;
      // Meanwhile it may have been asked for anew.
      if (opening === this.#opening) return names.names;
    }
  }

  async #open(): Promise<RepositoryNames> {
    const names = this.#newNames();
    this.#names = names;
    const restored = await names.restore();
    // What comes at once is drawn by whoever asked.
    if (!restored) await names.open();
    if (this.#names !== names) return names;
    names.onChange(this.#redraw);
    if (restored) void names.open();
    return names;
  }
}
