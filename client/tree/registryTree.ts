import * as vscode from 'vscode';
import { compareTags, tagKind } from '../../core/image/tagKind.ts';
import type { Change, Registries } from '../registries.ts';
import { troubleOf } from '../trouble.ts';
import { treeItem } from './items.ts';
import type { Node, NoteNode, RegistryNode, RepositoryNode, TagNode, TagState } from './nodes.ts';

export const viewId = 'tallyman.registries';
const pageLength = 100;
/** Names are cheap, but a list of this length is no longer read by anyone. */
const mostNames = 10_000;
/** Rows that were read together are drawn together, in milliseconds. */
const drawEvery = 80;

/** The sidebar: registry → repository → tag. Children are read when they are shown; digests arrive after the names. */
export class RegistryTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #registries: Registries;
  readonly #redraw = new vscode.EventEmitter<Node | Node[] | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#redraw.event;
  #roots: RegistryNode[] | undefined;
  /** Kept while they are shown, so that rows are the same objects on each drawing. */
  readonly #children = new Map<RegistryNode | RepositoryNode, Promise<Node[]>>();
  #reading = new AbortController();
  #learnt = new Set<TagNode>();

  constructor(registries: Registries) {
    this.#registries = registries;
    this.#subscription = registries.onDidChange(change => this.#changed(change));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return treeItem(node);
  }

  getParent(node: Node): Node | undefined {
    return node.kind === 'registry' ? undefined : node.parent;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) {
      this.#roots ??= this.#registries.connections().map(({ host, repositories }) => ({ kind: 'registry', host, named: repositories }));
      return this.#roots;
    }
    if (node.kind !== 'registry' && node.kind !== 'repository') return [];
    const known = this.#children.get(node);
    if (known) return known;
    const read = vscode.window.withProgress({ location: { viewId } }, () => this.#read(node));
    const children = Promise.resolve(read);
    this.#children.set(node, children);
    return children;
  }

  /** Reads again: everything, or what is below `node`. */
  refresh(node?: RegistryNode | RepositoryNode): void {
    if (!node) {
      this.#reading.abort();
      this.#reading = new AbortController();
      this.#roots = undefined;
      this.#children.clear();
    } else {
      for (const child of this.#children.keys())
        if (child === node || (child.kind === 'repository' && child.parent === node)) this.#children.delete(child);
    }
    this.#redraw.fire(node);
  }

  showMore({ parent }: NoteNode): void {
    if (parent.kind !== 'repository') return;
    parent.shown += pageLength;
    this.refresh(parent);
  }

  dispose(): void {
    this.#reading.abort();
    this.#subscription.dispose();
    this.#redraw.dispose();
  }

  #changed(change: Change): void {
    const repository = [...this.#children.keys()].find(
      node => change && node.kind === 'repository' && node.host === change.host && node.repository === change.repository,
    );
    if (repository || !change) this.refresh(repository);
  }

  async #read(node: RegistryNode | RepositoryNode): Promise<Node[]> {
    const { signal } = this.#reading;
    try {
      return node.kind === 'registry' ? await this.#repositories(node, signal) : await this.#tags(node, signal);
    } catch (error) {
      if (signal.aborted) return [];
      const trouble = troubleOf(error);
      return (['message', 'remedy'] as const).map(part => ({ kind: 'trouble', part, parent: node, trouble }));
    }
  }

  async #repositories(parent: RegistryNode, signal: AbortSignal): Promise<Node[]> {
    const { host, named } = parent;
    const names = named.length > 0 ? named : await take(this.#registries.at(host).repositories({ signal }), mostNames);
    if (names.length === 0) return [note(parent, 'no repositories yet')];
    return [...names].sort().map((repository): Node => ({ kind: 'repository', host, repository, parent, shown: pageLength }));
  }

  async #tags(parent: RepositoryNode, signal: AbortSignal): Promise<Node[]> {
    const { host, repository, shown } = parent;
    const names = await take(this.#registries.at(host).tags(repository, { signal }), mostNames);
    if (names.length === 0) return [note(parent, 'no tags')];
    const sorted = names.sort(compareTags).slice(0, shown);
    const tags = sorted.map((tag): TagNode => ({ kind: 'tag', host, repository, tag, parent, state: { status: 'loading' } }));
    void vscode.window.withProgress({ location: { viewId } }, () => this.#learnAll(parent, tags, signal));
    const rest = names.length - sorted.length;
    return rest > 0 ? [...tags, note(parent, `show ${Math.min(rest, pageLength)} more of ${rest}…`, true)] : tags;
  }

  /** Names of commits tell no order, so once the dates are known the newest comes first. */
  async #learnAll(parent: RepositoryNode, tags: readonly TagNode[], signal: AbortSignal): Promise<void> {
    await Promise.all(tags.map(tag => this.#learn(tag, signal)));
    if (signal.aborted || !tags.some(({ tag }) => tagKind(tag) === 'commit')) return;
    const rows = await this.#children.get(parent);
    if (!rows) return;
    this.#children.set(parent, Promise.resolve(newestCommitsFirst(rows)));
    this.#redraw.fire(parent);
  }

  async #learn(node: TagNode, signal: AbortSignal): Promise<void> {
    node.state = await this.#look(node, signal);
    if (signal.aborted) return;
    if (this.#learnt.size === 0) setTimeout(() => this.#draw(), drawEvery);
    this.#learnt.add(node);
  }

  async #look({ host, repository, tag }: TagNode, signal: AbortSignal): Promise<TagState> {
    try {
      const found = await this.#registries.at(host).resolve(repository, tag, { signal });
      if (!found) return { status: 'gone' };
      const image = await this.#registries.image(host, repository, found.digest, { signal });
      return { status: 'known', digest: found.digest, ...(image && { image }) };
    } catch (error) {
      return { status: 'failed', message: troubleOf(error).message };
    }
  }

  #draw(): void {
    const nodes = [...this.#learnt];
    this.#learnt = new Set();
    this.#redraw.fire(nodes);
  }
}

function note(parent: RegistryNode | RepositoryNode, text: string, more = false): NoteNode {
  return { kind: 'note', parent, text, more };
}

async function take(names: AsyncIterable<string>, most: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const name of names) if (taken.push(name) >= most) break;
  return taken;
}

function newestCommitsFirst(rows: readonly Node[]): Node[] {
  const isCommit = (node: Node) => node.kind === 'tag' && tagKind(node.tag) === 'commit';
  const created = (node: Node) => (node.kind === 'tag' && node.state.status === 'known' && node.state.image?.created) || '';
  const commits = rows.filter(isCommit).sort((a, b) => created(b).localeCompare(created(a)));
  return rows.map(node => (isCommit(node) ? (commits.shift() ?? node) : node));
}
