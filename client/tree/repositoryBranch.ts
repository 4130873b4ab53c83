import { type Group, groups } from '../listing/groups.ts';
import type { Changed } from '../listing/listing.ts';
import type { RepositoryListing } from '../listing/repositoryListing.ts';
import type { Row } from '../listing/row.ts';
import { arrange, type Look } from '../listing/view.ts';
import { troubleOf } from '../trouble.ts';
import type { GroupNode, ImageNode, Node, RepositoryNode, TagNode } from './nodes.ts';
import { nodeOf, stateOf } from './nodes.ts';
import { type Relations, relationsOf } from './relations.ts';
import { type RowContext, rowDescription } from './rowText.ts';

/** Rows of a group that are shown at once: the editor asks for all children, so pages keep that small. */
export const pageLength = 50;
/** Pages that are read on without being asked for, where only all of them can be put in order. */
const pagesBehind = 20;
/** Pages that one "load more" reads at most to find more rows of its group. */
const pagesForMore = 5;
/** What was read together is drawn together, in milliseconds; a long list less often. */
const drawEvery = 80;
const drawLongEvery = 400;
const longList = 2000;

export interface BranchOptions {
  /** How the person wants to see it; asked for each drawing. */
  readonly look: () => Look;
  /** These rows, and what is below them, look another way. */
  readonly redraw: (nodes: readonly Node[]) => void;
  /** Shows that something is under way. */
  readonly busy: (work: Promise<unknown>) => void;
  readonly now?: () => number;
}

/** A repository's rows in the sidebar: its groups, each with a page of tags, kept as the same objects while they are shown. */
export class RepositoryBranch {
  readonly node: RepositoryNode;
  readonly listing: RepositoryListing;
  readonly #options: BranchOptions;
  readonly #groups = new Map<Group, GroupNode>();
  readonly #rows = new Map<string, TagNode | ImageNode>();
  /** Groups whose rows somebody sees. */
  readonly #seen = new Set<Group>();
  #opened: Promise<void> | undefined;
  #paused = false;
  #arranged: ReadonlyMap<Group, readonly Row[]> | undefined;
  #relations: Relations = relationsOf(new Map());
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #wholeList = false;

  constructor(node: RepositoryNode, listing: RepositoryListing, options: BranchOptions) {
    this.node = node;
    this.listing = listing;
    this.#options = options;
    listing.onChange(changed => this.#changed(changed));
  }

  /** The groups that have rows; none where nothing could be read. Reads the first time: from disk, and from the registry behind that. */
  async groups(): Promise<readonly GroupNode[]> {
    this.#opened ??= this.#open();
    await this.#opened;
    return this.#groupsNow();
  }

  /** The page of a group, and how many rows there are behind it. */
  page(group: GroupNode): { readonly rows: readonly (TagNode | ImageNode)[]; readonly rest: number; readonly mayBeMore: boolean } {
    this.#seen.add(group.group);
    const shown = group.rows.slice(0, group.shown);
    this.#fill(group, shown);
    return {
      rows: shown.map(row => this.#rowNode(group, this.listing.rows.get(row.key) ?? row)),
      rest: group.rows.length - shown.length,
      // Of what comes from disk that is told once the registry has answered.
      mayBeMore: !this.listing.progress.complete && this.listing.progress.asOf === undefined,
    };
  }

  /** What the description of a row depends on besides the row. */
  context({ row, sameAs }: TagNode | ImageNode): RowContext {
    const signed = row.attached?.includes('signature') || this.#relations.isSigned(row);
    const belongs = this.#relations.belonging(row);
    return { sameAs, signed, now: (this.#options.now ?? Date.now)(), ...(belongs && { belongs }) };
  }

  /** Another page of a group: of what was read, or of what the registry has more. */
  async more(group: GroupNode): Promise<void> {
    group.shown += pageLength;
    for (let page = 0; page < pagesForMore && group.rows.length < group.shown && !this.listing.progress.complete; page++) {
      await this.listing.readMore();
      this.#arrangeAnew();
    }
    this.#options.redraw([group]);
  }

  /** Reads again; the rows stay until then. */
  async refresh(): Promise<void> {
    await this.#read(() => this.listing.open());
  }

  /** Looks for what moved, in the background. Throws what went wrong, which the row says too. */
  async lookAgain(): Promise<void> {
    try {
      await this.listing.refresh();
      if (!this.node.trouble) return;
      delete this.node.trouble;
    } catch (error) {
      // Whoever stopped looking ended it.
      if (this.#paused) return;
      this.node.trouble = troubleOf(error);
      this.#options.redraw([this.node]);
      throw error;
    }
    this.#options.redraw([this.node]);
  }

  /** Somebody sees its rows. */
  get seen(): boolean {
    return this.#opened !== undefined && !this.#paused;
  }

  /** Another order or filter was chosen. A filter is about all tags, so all are read. */
  async lookChanged(): Promise<void> {
    for (const group of this.#groups.values()) group.shown = pageLength;
    this.#arranged = undefined;
    this.#options.redraw([this.node]);
    if (this.listing.progress.pages > 0 && !this.listing.progress.complete) await this.#read(() => this.listing.readAll());
  }

  /** Nobody sees it any more: what is under way ends. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.listing.pause();
  }

  /** A closed group was opened again: the editor remembers its rows and asks for none. */
  see(group: GroupNode): void {
    this.#seen.add(group.group);
    this.#fillSeen();
  }

  /** A group was closed; the others go on. */
  hide(group: GroupNode): void {
    this.#seen.delete(group.group);
    this.listing.pauseFilling();
    this.#fillSeen();
  }

  /** Somebody sees it again: what was under way goes on. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // It was closed before the first page came.
    if (!this.listing.begun && this.#opened && !this.node.trouble) this.#options.busy(this.refresh());
    else if (this.listing.unsorted) this.#readOn();
    this.#fillSeen();
  }

  dispose(): void {
    clearTimeout(this.#drawing);
    this.listing.dispose();
  }

  async #open(): Promise<void> {
    const reading = (restored: boolean) => this.#read(() => this.listing.open(), restored);
    if (await this.listing.restore()) this.#options.busy(reading(true));
    else await reading(false);
  }

  /** Does something with the listing; trouble is shown on the repository's row, or in place of its rows. */
  async #read(work: () => Promise<void>, redraw = true): Promise<void> {
    try {
      await work();
      delete this.node.trouble;
      if (this.listing.unsorted) this.#readOn();
    } catch (error) {
      this.node.trouble = troubleOf(error);
    }
    this.#arranged = undefined;
    if (redraw) this.#options.redraw([this.node]);
  }

  #readOn(): void {
    if (this.#paused || this.listing.progress.pages >= pagesBehind) return;
    const reading = this.listing.readMore(pagesBehind).catch((error: unknown) => {
      this.node.trouble = troubleOf(error);
      this.#options.redraw([this.node]);
    });
    this.#options.busy(reading);
  }

  #groupsNow(): readonly GroupNode[] {
    const arranged = this.#arrange();
    return groups.flatMap(group => {
      const rows = arranged.get(group);
      return rows ? [this.#groupNode(group, rows)] : [];
    });
  }

  #arrange(): ReadonlyMap<Group, readonly Row[]> {
    if (this.#arranged) return this.#arranged;
    const { rows, roles } = this.listing;
    this.#arranged = arrange(rows.values(), roles, this.#options.look());
    this.#relations = relationsOf(rows);
    return this.#arranged;
  }

  #arrangeAnew(): void {
    this.#arranged = undefined;
    const arranged = this.#arrange();
    for (const group of this.#groups.values()) group.rows = arranged.get(group.group) ?? [];
  }

  #groupNode(group: Group, rows: readonly Row[]): GroupNode {
    const { host, repository } = this.node;
    const known = this.#groups.get(group);
    const node = known ?? { kind: 'group', group, host, repository, parent: this.node, shown: pageLength, rows };
    node.rows = rows;
    this.#groups.set(group, node);
    return node;
  }

  #rowNode(parent: GroupNode, row: Row): TagNode | ImageNode {
    const known = this.#rows.get(row.key);
    const node = known && known.parent === parent ? known : nodeOf(parent, row);
    this.#rows.set(row.key, node);
    this.#renew(node, row);
    return node;
  }

  #renew(node: TagNode | ImageNode, row: Row): void {
    node.row = row;
    node.live = this.node.trouble === undefined && this.listing.progress.asOf === undefined;
    node.sameAs = this.#relations.sameAs(row);
    if (node.kind === 'tag') node.state = stateOf(row);
  }

  #fill(group: GroupNode, shown: readonly Row[]): void {
    if (this.#paused || this.listing.progress.asOf !== undefined || this.node.trouble) return;
    const before = shown.map(({ key }) => key);
    const filling = this.listing.fill(before).then(
      () => this.#reorder(group, before),
      (error: unknown) => {
        this.node.trouble = troubleOf(error);
        this.#options.redraw([this.node]);
      },
    );
    if (this.listing.filling) this.#options.busy(filling);
  }

  #fillSeen(): void {
    for (const group of this.#seen) {
      const node = this.#groups.get(group);
      if (node) this.#fill(node, node.rows.slice(0, node.shown));
    }
  }

  /** Dates that came behind may put a page in another order: once, when all of them are there. */
  #reorder(group: GroupNode, before: readonly string[]): void {
    const { rows, roles } = this.listing;
    const shown = before.flatMap(key => rows.get(key) ?? []);
    const ordered = arrange(shown, roles, { ...this.#options.look(), filter: '' }).get(group.group) ?? [];
    if (ordered.length !== before.length || ordered.every(({ key }, index) => key === before[index])) return;
    group.rows = [...ordered, ...group.rows.slice(before.length)];
    this.#options.redraw([group]);
  }

  #changed(changed: Changed): void {
    if (changed === 'list') {
      this.#arranged = undefined;
      this.#wholeList = true;
    }
    const wait = this.listing.unsorted && this.listing.rows.size > longList ? drawLongEvery : drawEvery;
    this.#drawing ??= setTimeout(() => this.#draw(), wait);
  }

  #draw(): void {
    this.#drawing = undefined;
    if (this.#wholeList) {
      this.#wholeList = false;
      // Rows that were looked at since it was arranged may name the same image.
      this.#relations = relationsOf(this.listing.rows);
      // Before it was opened there is nothing that could be drawn.
      if (this.#opened) this.#options.redraw([this.node]);
      return;
    }
    const before = new Map([...this.#rows.values()].map(node => [node, this.#looks(node)]));
    this.#relations = relationsOf(this.listing.rows);
    const other = [...before].flatMap(([node, look]) => {
      const row = this.listing.rows.get(node.row.key);
      if (row) this.#renew(node, row);
      return look === this.#looks(node) ? [] : [node];
    });
    if (other.length > 0) this.#options.redraw(other);
  }

  #looks(node: TagNode | ImageNode): string {
    return `${rowDescription(node.row, this.context(node))} ${node.live}`;
  }
}
