import { LRUCache } from 'lru-cache';
import type { PullRequest } from '../../core/github/pullRequests.ts';
import { previewNumber } from '../../core/removal/previews.ts';
import { isComplete } from '../listing/row.ts';
import type { AskPullRequests } from '../pullRequests.ts';
import type { TagNode } from './nodes.ts';

/** Milliseconds in which rows that are drawn together are gathered, so that they are asked for together. */
const gathering = 60;
/** Milliseconds for which an answer, or that there was none, is not asked for again. */
const believed = 300_000;

interface Asked {
  readonly found?: PullRequest;
  readonly until: number;
}

/** The pull requests that previews were made for: asked for once their rows are drawn, and drawn again when they are known. */
export class PreviewPulls {
  readonly #ask: AskPullRequests;
  readonly #redraw: (nodes: readonly TagNode[]) => void;
  readonly #known = new LRUCache<string, Asked>({ max: 5000 });
  #waiting = new Set<TagNode>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: AskPullRequests, redraw: (nodes: readonly TagNode[]) => void) {
    this.#ask = ask;
    this.#redraw = redraw;
  }

  /** What is known of a row's pull request; asks for it where nothing is. A row that is not read yet is waited for: it may say where it comes from. */
  of(node: TagNode): PullRequest | undefined {
    const number = node.live && isComplete(node.row) ? previewNumber(node.tag) : undefined;
    if (number === undefined) return undefined;
    const asked = this.#known.get(keyOf(node, number));
    if (!asked || asked.until < Date.now()) {
      this.#waiting.add(node);
      this.#timer ??= setTimeout(() => void this.#askAll(), gathering);
    }
    return asked?.found;
  }

  /** Somebody may have signed in: what had no answer is asked for again. */
  renew(): void {
    for (const [key, { found }] of this.#known.entries()) if (!found) this.#known.delete(key);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  async #askAll(): Promise<void> {
    this.#timer = undefined;
    const groups = new Map<string, TagNode[]>();
    for (const node of this.#waiting) {
      const place = JSON.stringify([node.host, node.repository, node.row.details?.source]);
      groups.set(place, [...(groups.get(place) ?? []), node]);
    }
    this.#waiting = new Set();
    await Promise.all([...groups.values()].map(nodes => this.#askOne(nodes)));
  }

  async #askOne(nodes: readonly TagNode[]): Promise<void> {
    const [first] = nodes;
    if (!first) return;
    const source = first.row.details?.source;
    const numbers = nodes.map(({ tag }) => previewNumber(tag) ?? 0);
    // Who may not see them has rows without titles; trouble of GitHub's is no trouble of the registry.
    const found = await this.#ask({ host: first.host, ...(source !== undefined && { source }) }, numbers).catch(
      () => new Map<number, PullRequest>(),
    );
    // Several tags may be made for one pull request: what was known before is looked up for all of them first.
    const news = nodes.map((node, index) => {
      const key = keyOf(node, numbers[index] ?? 0);
      return { node, key, before: this.#known.get(key)?.found, pull: found.get(numbers[index] ?? 0) };
    });
    for (const { key, pull } of news) this.#known.set(key, { until: Date.now() + believed, ...(pull && { found: pull }) });
    const told = news.flatMap(({ node, before, pull }) => (pull?.title !== before?.title || pull?.state !== before?.state ? [node] : []));
    if (told.length > 0) this.#redraw(told);
  }
}

function keyOf({ host, repository, row }: TagNode, number: number): string {
  return JSON.stringify([host, repository, row.details?.source, number]);
}
