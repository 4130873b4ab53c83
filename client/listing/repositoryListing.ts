import type { Abilities, ListingPage } from '../../core/registry/listing.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { Filling } from './filling.ts';
import type { Roles } from './groups.ts';
import type { Changed, ListingOptions, Progress } from './listing.ts';
import { firstAsked, lookUp, movingTags } from './lookUp.ts';
import { type Pass, passOver } from './pass.ts';
import { PolicyRoles } from './policyRoles.ts';
import { type Row, renewed, rowsOf } from './row.ts';
import { snapshotOf } from './snapshot.ts';

/** Pages that are read anew with every refresh. */
const fewPages = 2;
/** Rows in one listing; beyond, a list is read by nobody. */
const mostRows = 100_000;

/**
 * The tags of one repository as far as they were read: the first page and the environments at once, the rest when it is wanted. Rows
 * that were read before stay while they are read again, so that nothing jumps.
 */
export class RepositoryListing {
  readonly repository: string;
  readonly registry: Registry;
  readonly #options: ListingOptions;
  readonly #rows = new Map<string, Row>();
  readonly #listeners = new Set<(changed: Changed) => void>();
  readonly #filling: Filling;
  readonly #roles: PolicyRoles;
  /** What this pass over the pages brought; what it did not bring is gone once it is through. */
  #fresh = new Set<string>();
  #pass: Pass | undefined;
  #turn: Promise<void> = Promise.resolve();
  /** This pass is through. */
  #complete = false;
  /** A pass before it was. */
  #known = false;
  #pages = 0;
  #total: number | undefined;
  #asOf: number | undefined;
  #at: number | undefined;
  /** Ends what is asked beside the pages. */
  #besides = new AbortController();

  constructor(registry: Registry, repository: string, options: ListingOptions = {}) {
    this.registry = registry;
    this.repository = repository;
    this.#options = options;
    this.#roles = new PolicyRoles(options.roles, () => this.#changed('list'));
    this.#filling = new Filling(registry, repository, { at: key => this.#rows.get(key), put: rows => this.#take(rows) });
  }

  get abilities(): Abilities {
    return this.registry.abilities;
  }

  get rows(): ReadonlyMap<string, Row> {
    return this.#rows;
  }

  get roles(): Roles {
    return this.#roles.now;
  }

  get progress(): Progress {
    const loaded = this.#rows.size;
    const total = this.#total;
    const asOf = this.#asOf;
    const at = this.#at;
    return {
      loaded,
      pages: this.#pages,
      complete: this.#complete || this.#known,
      ...(total !== undefined && { total }),
      ...(asOf !== undefined && { asOf }),
      ...(at !== undefined && { at }),
    };
  }

  /** This pass has brought a page. */
  get begun(): boolean {
    return this.#pages > 0 || this.#complete;
  }

  /** True where pages that were not read in this pass may have rows that belong among those that are shown. */
  get unsorted(): boolean {
    return !this.#complete && this.abilities.order !== 'newest';
  }

  /** The same, where they were never read: the order of what is shown is not the last one. */
  get sorting(): boolean {
    return this.unsorted && !this.#known;
  }

  onChange(listener: (changed: Changed) => void): void {
    this.#listeners.add(listener);
  }

  /** Takes the rows of the last run from disk; false where there are none. Asks the registry nothing. */
  async restore(): Promise<boolean> {
    const last = await this.#options.memory?.read();
    if (!last || this.#rows.size > 0) return false;
    for (const row of last.rows) this.#rows.set(row.key, row);
    this.#asOf = last.at;
    this.#at = last.at;
    this.#known = last.complete ?? false;
    this.#total = last.total;
    this.#changed('list');
    return true;
  }

  /** The environments and the first page, in at most three requests. Throws what the listing throws; rows from before stay. */
  async open(): Promise<void> {
    this.#filling.begin();
    await this.#begin();
  }

  /**
   * Looks for what moved since, in few requests: tags that move, and the newest page where the registry lists by date. A short list is
   * read anew. Throws what the listing throws; rows stay.
   */
  async refresh(): Promise<void> {
    if (this.#pages <= fewPages) {
      await this.#begin();
      if (this.abilities.order !== 'newest') await this.readMore(fewPages);
    } else {
      await this.#readRoles();
      await Promise.all([
        this.#lookUp(movingTags(this.#rows.keys(), this.#roles.now, this.abilities)),
        this.abilities.order === 'newest' && this.#readNewest(),
      ]);
    }
    if (this.begun) this.#told();
  }

  /** Reads at most this many further pages, one after the other; stops before the next one when `pause` was called. */
  readMore(pages = 1): Promise<void> {
    const reading = this.#turn.then(() => this.#readPages(pages));
    this.#turn = reading.catch(() => undefined);
    return reading;
  }

  /** Reads all there is. */
  async readAll(): Promise<void> {
    await this.readMore(Number.POSITIVE_INFINITY);
    this.#told();
  }

  /** Looks at rows that are shown, for what the listing does not tell. */
  async fill(keys: readonly string[]): Promise<void> {
    await this.#filling.fill(keys);
    this.#save();
  }

  /** True while rows are being looked at. */
  get filling(): boolean {
    return this.#filling.busy;
  }

  /** Ends the looking at rows; pages go on. */
  pauseFilling(): void {
    this.#filling.stop();
  }

  /** Ends what is under way: nobody looks any more. What was read stays. */
  pause(): void {
    this.#filling.stop();
    this.#besides.abort();
    this.#besides = new AbortController();
    // A page that is under way is lost with its place; without one the place is kept.
    if (this.#pass?.busy) this.#close();
  }

  dispose(): void {
    this.pause();
    this.#close();
    this.#listeners.clear();
  }

  async #begin(): Promise<void> {
    await this.#readRoles();
    this.#close();
    this.#fresh = new Set();
    this.#pages = 0;
    this.#complete = false;
    const first = firstAsked(this.#roles.now, this.abilities);
    // Trouble with the environments is the trouble of the page that is asked for beside them.
    await Promise.all([this.readMore(), this.#lookUp(first).catch(() => undefined)]);
    // Whoever gave up meanwhile was told nothing.
    if (this.begun) this.#told();
  }

  /** The registry has answered: what is shown is as of now. */
  #told(): void {
    this.#asOf = undefined;
    this.#at = this.#now();
    this.#changed('list');
    this.#save();
    // Tags that came may be ones that the policy speaks of.
    void this.#readRoles();
  }

  #readRoles(): Promise<void> {
    return this.#roles.read([...this.#rows.values()].flatMap(({ tag }) => tag ?? []));
  }

  async #lookUp(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return;
    const found = await lookUp(this.registry, this.repository, tags, this.#besides.signal);
    for (const [tag, listed] of found) for (const row of rowsOf({ ...listed, tags: [tag] })) this.#add(row);
    for (const tag of tags) if (!found.has(tag)) this.#rows.delete(tag);
  }

  async #readNewest(): Promise<void> {
    for await (const { images, total } of this.registry.images(this.repository, { signal: this.#besides.signal })) {
      for (const listed of images) for (const row of rowsOf(listed)) this.#add(row);
      this.#total = total ?? this.#total;
      return;
    }
  }

  async #readPages(most: number): Promise<void> {
    if (this.#complete) return;
    this.#pass ??= passOver(this.registry, this.repository);
    const pass = this.#pass;
    const { signal } = pass.controller;
    pass.busy = true;
    try {
      for (let page = 0; page < most && !signal.aborted; page++) {
        const next = await pass.pages.next();
        if (signal.aborted) return;
        if (next.done) return this.#finish();
        this.#takePage(next.value);
        pass.images += next.value.images.length;
        if (next.value.last || pass.images >= (this.#total ?? mostRows)) return this.#finish();
        this.#changed('list');
      }
    } catch (error) {
      // A listing that broke off begins anew; an abort is nobody's trouble.
      if (this.#pass === pass) this.#pass = undefined;
      if (!signal.aborted) throw error;
    } finally {
      pass.busy = false;
    }
  }

  #takePage({ images, total }: ListingPage): void {
    for (const listed of images) for (const row of rowsOf(listed)) this.#add(row);
    this.#pages++;
    this.#total = total ?? this.#total;
  }

  /** All was read: what did not come again is gone. */
  #finish(): void {
    this.#pass = undefined;
    this.#complete = true;
    this.#known = true;
    for (const key of this.#rows.keys()) if (!this.#fresh.has(key)) this.#rows.delete(key);
    this.#changed('list');
    this.#save();
  }

  #add(row: Row): void {
    const known = this.#rows.get(row.key);
    this.#fresh.add(row.key);
    if (row.digest !== undefined) this.#filling.confirm(row.key, known?.digest !== row.digest);
    this.#rows.set(row.key, renewed(row, known));
  }

  #take(rows: readonly Row[]): void {
    const known = rows.filter(({ key }) => this.#rows.has(key));
    for (const row of known) this.#rows.set(row.key, row);
    this.#changed(known.map(({ key }) => key));
  }

  #close(): void {
    this.#pass?.controller.abort();
    this.#pass = undefined;
  }

  #changed(changed: Changed): void {
    for (const listener of this.#listeners) listener(changed);
  }

  #save(): void {
    this.#options.memory?.write(snapshotOf(this.#rows.values(), this.progress, this.#at ?? this.#now()));
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
