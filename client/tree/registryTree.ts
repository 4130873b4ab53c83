import * as vscode from 'vscode';
import type { Refreshed } from '../listing/refresher.ts';
import type { Look } from '../listing/view.ts';
import type { AskPullRequests } from '../pullRequests.ts';
import type { Change, Registries } from '../registries.ts';
import { troubleOf } from '../trouble.ts';
import { Attention } from './attention.ts';
import { DetailRows, type Knowledge } from './detailRows.ts';
import { groupRows } from './groupRows.ts';
import { detailItem, imageItem } from './imageItems.ts';
import { groupItem, noteItem, registryItem, repositoryItem, troubleItem } from './items.ts';
import type { Looks } from './looks.ts';
import type { ImageNode, Node, NoteNode, RegistryNode, RepositoryNode, TagNode } from './nodes.ts';
import { PreviewPulls } from './previewPulls.ts';
import { RegistryBranch, repositoriesAtOnce } from './registryBranch.ts';
import { RepositoryBranch } from './repositoryBranch.ts';

export const viewId = 'tallyman.registries';

/** The sidebar: registry → repository → group → tag → detail. Children are read when they are shown; what the list does not tell comes behind. */
export class RegistryTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #registries: Registries;
  readonly #looks: Looks;
  readonly #details: DetailRows;
  readonly #pulls: PreviewPulls;
  readonly #redraw = new vscode.EventEmitter<Node | Node[] | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#redraw.event;
  readonly attention = new Attention(() => this.#branches.values());
  #registryBranches: Map<RegistryNode, RegistryBranch> | undefined;
  readonly #branches = new Map<RepositoryNode, RepositoryBranch>();

  constructor(registries: Registries, looks: Looks, knowledge: Knowledge, pulls: AskPullRequests) {
    this.#registries = registries;
    this.#pulls = new PreviewPulls(pulls, nodes => this.#redraw.fire([...nodes]));
    this.#looks = looks;
    this.#details = new DetailRows(registries, knowledge);
    this.#subscription = registries.onDidChange(change => this.#changed(change));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'registry':
        return registryItem(node, this.#registryBranches?.get(node)?.progress);
      case 'repository':
        return this.#repositoryItem(node);
      case 'group':
        return groupItem(node, this.#branches.get(node.parent)?.listing.progress.complete ?? false, this.#can(node.parent));
      case 'tag':
      case 'image':
        return this.#imageItem(node);
      case 'detail':
        return detailItem(node);
      case 'trouble':
        return troubleItem(node);
      case 'note':
        return noteItem(node);
    }
  }

  getParent(node: Node): Node | undefined {
    return node.kind === 'registry' ? undefined : node.parent;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) return [...this.#roots().keys()];
    switch (node.kind) {
      case 'registry':
        return this.#shown(node, async () => (await this.#roots().get(node)?.children()) ?? []);
      case 'repository':
        return this.#shown(node, () => this.#groupsOf(node));
      case 'group':
        return groupRows(node, this.#branches.get(node.parent));
      case 'tag':
      case 'image':
        return this.#whileBusy(this.#details.of(node));
      case 'detail':
        return [...node.children];
      default:
        return [];
    }
  }

  /** Reads again: everything, or what is below `node`. What is shown stays until then. */
  refresh(node?: RegistryNode | RepositoryNode): void {
    if (node?.kind === 'repository') {
      this.#refreshRepository(node);
      return;
    }
    if (!node) this.#takeConnections();
    for (const [registry, branch] of this.#roots())
      if (!node || registry === node) this.#busy(branch.refresh(this.#registries.reader(registry.host)));
    for (const repository of this.#branches.keys()) if (!node || repository.parent === node) this.#refreshRepository(repository);
    this.#redraw.fire(node);
  }

  async showMore({ parent }: NoteNode): Promise<void> {
    if (parent.kind === 'registry') {
      parent.shown += repositoriesAtOnce;
      this.#redraw.fire(parent);
    } else if (parent.kind === 'group') {
      const branch = this.#branches.get(parent.parent);
      if (branch) await this.#whileBusy(branch.more(parent));
    }
  }

  /** The repositories of a host stand in another order now. */
  reorder(host: string): void {
    for (const [node] of this.#roots()) if (node.host === host) this.#redraw.fire(node);
  }

  look({ host, repository }: Pick<RepositoryNode, 'host' | 'repository'>): Look {
    return this.#looks.of(host, repository);
  }

  async setLook({ host, repository }: Pick<RepositoryNode, 'host' | 'repository'>, look: Look): Promise<void> {
    await this.#looks.set(host, repository, look);
    const node = this.#rowOf(host, repository);
    const branch = node && this.#branches.get(node);
    if (branch) await branch.lookChanged();
    // Its row says how it is sorted also where it was never opened.
    else if (node) this.#redraw.fire(node);
  }

  /** A row was closed: what is read for it ends. */
  collapsed(node: Node): void {
    this.#details.stop(node);
    if (node.kind === 'group') this.#branches.get(node.parent)?.hide(node);
    else this.attention.close(node);
  }

  expanded(node: Node): void {
    if (node.kind === 'group') this.#branches.get(node.parent)?.see(node);
    else this.attention.open(node);
    if (this.#details.wasStopped(node)) this.#redraw.fire(node);
  }

  /** What somebody sees, to be looked at again from time to time. */
  seen(): readonly Refreshed[] {
    if (!this.attention.isVisible) return [];
    const broken = [...(this.#registryBranches?.values() ?? [])].flatMap(({ node, again }) => (again ? [{ node, refresh: again }] : []));
    const branches = [...this.#branches.values()].filter(({ seen }) => seen);
    const open = branches.map(branch => ({ node: branch.node, refresh: () => branch.lookAgain() }));
    return [...broken, ...open].map(({ node, refresh }) => ({ host: node.host, refresh }));
  }

  dispose(): void {
    this.#details.dispose();
    for (const branch of this.#branches.values()) branch.dispose();
    for (const branch of this.#registryBranches?.values() ?? []) branch.forget();
    this.#subscription.dispose();
    this.#pulls.dispose();
    this.#redraw.dispose();
  }

  #roots(): Map<RegistryNode, RegistryBranch> {
    this.#registryBranches ??= new Map();
    if (this.#registryBranches.size === 0) this.#takeConnections();
    return this.#registryBranches;
  }

  /** A row for each connection; those that were there before keep theirs. */
  #takeConnections(): void {
    const before = [...(this.#registryBranches?.values() ?? [])];
    this.#registryBranches = new Map(
      this.#registries.connections().map(({ host, repositories }) => {
        const known = before.find(({ node }) => node.host === host && node.named.join() === repositories.join());
        const node: RegistryNode = known?.node ?? { kind: 'registry', host, named: repositories, shown: repositoriesAtOnce };
        const branch =
          known ??
          new RegistryBranch(
            node,
            () => this.#registries.names(host),
            () => this.#redraw.fire(node),
            names => this.#registries.inOrder(host, names),
          );
        return [node, branch];
      }),
    );
  }

  #changed(change: Change): void {
    if (change) {
      const node = this.#rowOf(change.host, change.repository);
      if (node) this.#refreshRepository(node);
      return;
    }
    // Registries came or went, or are reached another way.
    this.#pulls.renew();
    for (const node of [...this.#branches.keys()]) this.#drop(node);
    for (const branch of this.#registryBranches?.values() ?? []) branch.forget();
    this.#takeConnections();
    this.#redraw.fire(undefined);
  }

  #refreshRepository(node: RepositoryNode): void {
    const branch = this.#branches.get(node);
    // A client that was replaced has other credentials.
    if (branch?.listing.registry === this.#registries.reader(node.host)) {
      this.#busy(branch.refresh());
    } else {
      this.#drop(node);
      this.#redraw.fire(node);
    }
  }

  #rowOf(host: string, repository: string): RepositoryNode | undefined {
    for (const [node, branch] of this.#registryBranches ?? []) if (node.host === host) return branch.repository(repository);
    return undefined;
  }

  #drop(node: RepositoryNode): void {
    this.#branches.get(node)?.dispose();
    this.#branches.delete(node);
    delete node.trouble;
  }

  /** Children, or what is wrong and what to do about it. */
  async #shown(node: RegistryNode | RepositoryNode, read: () => Promise<Node[]>): Promise<Node[]> {
    try {
      return await this.#whileBusy(read());
    } catch (error) {
      const trouble = troubleOf(error);
      return (['message', 'remedy'] as const).map(part => ({ kind: 'trouble', part, parent: node, trouble }));
    }
  }

  async #groupsOf(node: RepositoryNode): Promise<Node[]> {
    const branch = this.#branch(node);
    const groups = await branch.groups();
    const { trouble } = node;
    // Below what is known from before: why it is not known anew, and what to do.
    const why = trouble ? (['message', 'remedy'] as const).map((part): Node => ({ kind: 'trouble', part, parent: node, trouble })) : [];
    if (groups.length > 0 || trouble) return [...groups, ...why];
    const { filter } = this.look(node);
    return [{ kind: 'note', parent: node, text: filter === '' ? 'no tags' : `nothing matches “${filter}”`, more: false }];
  }

  #branch(node: RepositoryNode): RepositoryBranch {
    const known = this.#branches.get(node);
    if (known) return known;
    const branch = new RepositoryBranch(node, this.#registries.listing(node.host, node.repository), {
      look: () => this.look(node),
      redraw: nodes => this.#redraw.fire([...nodes]),
      busy: work => this.#busy(work),
    });
    this.#branches.set(node, branch);
    return branch;
  }

  #repositoryItem(node: RepositoryNode): vscode.TreeItem {
    const listing = this.#branches.get(node)?.listing;
    return repositoryItem(node, {
      look: this.look(node),
      sorting: listing?.sorting ?? false,
      pinned: this.#registries.isPinned(node.host, node.repository),
      can: this.#can(node),
      ...(listing && { progress: listing.progress }),
    });
  }

  /** What can be done with a repository now, in the words that menus go by. */
  #can(node: RepositoryNode): string {
    const { host, repository, trouble } = node;
    const registry = this.#registries.at(host);
    const { abilities } = registry;
    const live = trouble === undefined && this.#branches.get(node)?.listing.progress.asOf === undefined;
    const page = registry.webPage(repository) !== undefined;
    return [live && 'live', (abilities.remove || abilities.untag) && 'remove', page && 'web'].filter(Boolean).join(' ');
  }

  #imageItem(node: TagNode | ImageNode): vscode.TreeItem {
    const branch = this.#branches.get(node.parent.parent);
    const context = branch?.context(node) ?? { sameAs: [], signed: false, now: Date.now() };
    const pull = node.kind === 'tag' ? this.#pulls.of(node) : undefined;
    return imageItem(node, { ...context, ...(pull && { pull }) }, this.#registries.reader(node.host));
  }

  #busy(work: Promise<unknown>): void {
    void this.#whileBusy(work).then(undefined, () => undefined);
  }

  async #whileBusy<T>(work: Promise<T>): Promise<T> {
    return vscode.window.withProgress({ location: { viewId } }, () => work);
  }
}
