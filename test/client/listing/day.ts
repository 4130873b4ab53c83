import { Bodies } from '../../../client/cache/bodies.ts';
import { cachedReader } from '../../../client/cache/reader.ts';
import { type Clock, Refresher } from '../../../client/listing/refresher.ts';
import { RepositoryListing } from '../../../client/listing/repositoryListing.ts';
import { connect } from '../../../core/registry/providers/index.ts';

/** A clock that stands until it is told to go on. */
export class TestClock implements Clock {
  #now = Date.UTC(2026, 10, 21);
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer);
    };
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Goes to the next timer, if it is due by then, and runs it; false where there is none. */
  next(until: number): boolean {
    const [first] = this.#timers.sort((a, b) => a.at - b.at);
    if (!first || first.at > until) {
      this.#now = Math.max(this.#now, until);
      return false;
    }
    this.#timers.shift();
    this.#now = Math.max(this.#now, first.at);
    first.run();
    return true;
  }
}

export interface Day {
  readonly clock: TestClock;
  readonly refresher: Refresher;
  readonly listings: readonly RepositoryListing[];
  /** Lets these hours pass; real requests are waited for. */
  pass(hours: number): Promise<void>;
}

/** Repositories that are open in the sidebar, with the real engine over real requests and time that can be moved. */
export async function openDay(host: string, repositories: readonly string[]): Promise<Day> {
  const clock = new TestClock();
  const reader = cachedReader(connect(host), new Bodies());
  const listings = repositories.map(repository => new RepositoryListing(reader, repository, { now: () => clock.now() }));
  for (const listing of listings) {
    await listing.open();
    await listing.readMore(20);
    await listing.fill([...listing.rows.keys()].slice(0, 50));
  }
  let running = Promise.resolve();
  const targets = listings.map(listing => ({
    host,
    refresh: () => {
      const refreshing = listing.refresh();
      running = running.then(() => refreshing.catch(() => undefined));
      return refreshing;
    },
  }));
  const refresher = new Refresher(() => targets, clock);
  const pass = async (hours: number) => {
    const until = clock.now() + hours * 3_600_000;
    while (clock.next(until)) {
      // A round goes on until it has planned the next one.
      for (let turns = 0; clock.waiting === 0 && turns < 20_000; turns++) {
        await running;
        await new Promise(resolve => setImmediate(resolve));
      }
    }
  };
  return { clock, refresher, listings, pass };
}
