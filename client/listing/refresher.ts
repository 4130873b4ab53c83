import { RegistryError } from '../../core/registry/errors.ts';

/** Something that is looked at again while somebody sees it. */
export interface Refreshed {
  readonly host: string;
  /** Throws what the registry throws. */
  refresh(): Promise<void>;
}

/** Time, so that a day of it can pass in a test. */
export interface Clock {
  now(): number;
  /** Runs it once after these milliseconds; call the answer to leave it. */
  after(milliseconds: number, run: () => void): () => void;
}

const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

const minute = 60_000;
/** Between two looks while somebody is there, in milliseconds. */
export const interval = 5 * minute;
/** The same while the window is hidden or somebody works elsewhere. */
export const hiddenInterval = 30 * minute;
/** The longest that a registry in trouble is left alone, unless it asks for more. */
const longestWait = 60 * minute;
/** What is looked at in one round; the others have their turn in the next ones. */
const mostInRound = 12;

/**
 * Looks again, from time to time, at what somebody sees: one after the other, less often where nobody is there, and not at a registry
 * that has had enough of it until its time is over.
 */
export class Refresher {
  readonly #targets: () => readonly Refreshed[];
  readonly #clock: Clock;
  readonly #resting = new Map<string, { readonly until: number; readonly failures: number }>();
  #attended = true;
  #last: number;
  #turn = 0;
  #leave: (() => void) | undefined;
  #running = false;
  #over = false;

  /** `targets` are asked for anew in each round. */
  constructor(targets: () => readonly Refreshed[], clock: Clock = systemClock) {
    this.#targets = targets;
    this.#clock = clock;
    this.#last = clock.now();
    this.#plan();
  }

  /** Whether somebody is there; whoever comes back to rows that are due gets them at once. */
  attend(attended: boolean): void {
    if (attended === this.#attended || this.#over) return;
    this.#attended = attended;
    this.#plan();
  }

  dispose(): void {
    this.#over = true;
    this.#leave?.();
  }

  #plan(): void {
    this.#leave?.();
    if (this.#over || this.#running) return;
    const due = this.#last + (this.#attended ? interval : hiddenInterval);
    this.#leave = this.#clock.after(Math.max(0, due - this.#clock.now()), () => void this.#round());
  }

  async #round(): Promise<void> {
    this.#running = true;
    this.#last = this.#clock.now();
    const targets = this.#targets();
    const count = Math.min(targets.length, mostInRound);
    for (let index = 0; index < count && !this.#over; index++) {
      const target = targets[(this.#turn + index) % targets.length];
      if (target) await this.#refresh(target);
    }
    this.#turn = targets.length === 0 ? 0 : (this.#turn + count) % targets.length;
    this.#running = false;
    this.#plan();
  }

  async #refresh(target: Refreshed): Promise<void> {
    const { host } = target;
    const resting = this.#resting.get(host);
    if (resting && resting.until > this.#clock.now()) return;
    try {
      await target.refresh();
      this.#resting.delete(host);
    } catch (error) {
      const failures = (resting?.failures ?? 0) + 1;
      const asked = error instanceof RegistryError ? (error.retryAfter ?? 0) : 0;
      const wait = Math.max(asked, Math.min(longestWait, interval * 2 ** failures));
      this.#resting.set(host, { until: this.#clock.now() + wait, failures });
    }
  }
}
