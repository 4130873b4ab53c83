import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../image/digest.ts';
import { RegistryError } from '../registry/errors.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import type { IndexCache, Removal, RemovalOutcome, RemovalPlan, RemovalStep, Survey } from './model.ts';
import { refusalsOf } from './plan.ts';
import { recheck } from './recheck.ts';
import { survey } from './survey.ts';

export interface ApplyOptions extends RequestOptions {
  /** Told as each step begins. */
  readonly onStep?: (step: RemovalStep) => void;
  readonly known?: IndexCache;
}

/** Waits between the reads that confirm a removal, in milliseconds: a replica may lag behind. */
const readBackWaits = [0, 150, 500, 1500, 3000];
/** Milliseconds after which the repository is looked at anew before the next removal of many. */
const fresh = 30_000;
/** Milliseconds after planning for which names that are given once are believed to name the same. */
const recently = 600_000;

/**
 * Carries a plan out, one removal after the other: looks again, removes, reads back. Throws a RegistryError where it cannot look again
 * before anything was written.
 */
export async function* applyRemovals(
  plan: RemovalPlan,
  registry: Registry,
  options: ApplyOptions = {},
): AsyncGenerator<{ readonly removal: Removal; readonly outcome: RemovalOutcome }> {
  const work = new Application(plan, registry, options);
  for (const removal of plan.removals) yield { removal, outcome: await work.carryOut(removal) };
}

/** One application under way: when it last looked, and whether it goes on, is its state. */
class Application {
  readonly #plan: RemovalPlan;
  readonly #registry: Registry;
  readonly #options: ApplyOptions;
  #seen: Survey | undefined;
  #looked = Number.NEGATIVE_INFINITY;
  #begun = false;
  #stopped = false;

  constructor(plan: RemovalPlan, registry: Registry, options: ApplyOptions) {
    this.#plan = plan;
    this.#registry = registry;
    this.#options = options;
    this.#seen = plan.survey;
  }

  async carryOut(removal: Removal): Promise<RemovalOutcome> {
    const { signal } = this.#options;
    if (this.#stopped || signal?.aborted) return { status: 'cancelled' };
    const refused = refusalsOf(removal);
    if (refused.length > 0) return { status: 'refused', checks: refused };
    try {
      const trouble = await this.#lookAgain(removal);
      if (trouble) return trouble;
      if (signal?.aborted) return { status: 'cancelled' };
    } catch (error) {
      if (signal?.aborted) return { status: 'cancelled' };
      // Once something was removed, an error alone would hide that.
      if (!this.#begun || !(error instanceof RegistryError)) throw error;
      this.#stopped = true;
      return { status: 'failed', error };
    }
    this.#begun = true;
    const outcome = await this.#remove(removal);
    this.#forget(removal, outcome);
    return outcome;
  }

  /** What is gone must not count as a tag that holds its image; what is not certain is looked at anew. */
  #forget({ tags }: Removal, { status }: RemovalOutcome): void {
    if (!this.#seen) return;
    if (status === 'removed') this.#seen = { ...this.#seen, tags: new Map([...this.#seen.tags].filter(([tag]) => !tags.includes(tag))) };
    else this.#looked = Number.NEGATIVE_INFINITY;
  }

  /** Why it must not be removed after all; `undefined` where everything is as it was confirmed. */
  async #lookAgain(removal: Removal): Promise<RemovalOutcome | undefined> {
    const { repository, watched } = this.#plan;
    this.#step({ kind: 'recheck', removal });
    for (let again = false; ; again = true) {
      if (this.#seen && performance.now() - this.#looked > fresh) await this.#survey(this.#seen, removal.tags.length === 0);
      const { trouble, moved } = await recheck(this.#registry, repository, removal, this.#seen, watched, this.#asked);
      if (!moved || trouble) return trouble;
      // What prod names now may be made of what is to go: the whole repository is looked at anew, once.
      if (again) return { status: 'stale', ...moved };
      this.#looked = Number.NEGATIVE_INFINITY;
    }
  }

  async #survey(before: Survey, untagged: boolean): Promise<void> {
    const { known, onStep } = this.#options;
    const onProgress = (done: number, total?: number) => onStep?.({ kind: 'survey', done, ...(total !== undefined && { total }) });
    // Over lunch even a name that is given once may have been given again; what an index is made of stays.
    const recent = Date.now() - Date.parse(this.#plan.createdAt) < recently;
    this.#seen = await survey(this.#registry, this.#plan.repository, {
      ...this.#asked,
      before: recent ? before : { tags: new Map(), indexes: before.indexes },
      untagged,
      onProgress,
      ...(known && { known }),
    });
    this.#looked = performance.now();
  }

  /** From here on cancelling comes too late: what was sent may have happened. */
  async #remove(removal: Removal): Promise<RemovalOutcome> {
    const { repository } = this.#plan;
    const { kind, digest, tag } = removal;
    this.#step({ kind: 'remove', removal });
    let cause: RegistryError | undefined;
    try {
      if (kind === 'untag' && tag !== undefined) await this.#registry.untag(repository, tag);
      else await this.#registry.remove(repository, digest);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      if (!uncertain(error)) {
        const { remove: deletes, untag } = this.#registry.abilities;
        this.#stopped = forAll(error) || (error.code === 'UNSUPPORTED' && !(kind === 'untag' ? untag : deletes));
        return { status: 'failed', error };
      }
      cause = error;
    }
    return this.#verify(removal, cause);
  }

  async #verify(removal: Removal, cause: RegistryError | undefined): Promise<RemovalOutcome> {
    let trouble: unknown = cause;
    this.#step({ kind: 'verify', removal });
    for (const wait of readBackWaits) {
      await sleep(wait);
      try {
        const outcome = await this.#readBack(removal);
        if (outcome) return outcome;
        trouble = cause;
      } catch (error) {
        trouble = error;
      }
    }
    return { status: 'unverified', ...(trouble !== undefined && { cause: trouble }) };
  }

  /** `undefined` where it is still there. */
  async #readBack({ kind, digest, tag, tags }: Removal): Promise<RemovalOutcome | undefined> {
    const { repository } = this.#plan;
    if (kind === 'untag' && tag !== undefined) {
      const found = (await this.#registry.resolve(repository, tag))?.digest;
      if (found === undefined) return { status: 'removed', ...(await this.#kept(digest)) };
      return found === digest ? undefined : { status: 'rewritten', found };
    }
    if (await this.#registry.resolve(repository, digest)) return undefined;
    const left = await this.#registry.lookUp(repository, tags);
    return [...left.values()].some(row => row.digest === digest) ? undefined : { status: 'removed' };
  }

  /** Whether the image of a tag that is gone is there; nothing where that is not told. */
  async #kept(digest: Digest): Promise<{ readonly kept?: boolean }> {
    try {
      return { kept: (await this.#registry.resolve(this.#plan.repository, digest)) !== undefined };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      return {};
    }
  }

  get #asked(): RequestOptions {
    return this.#options.signal ? { signal: this.#options.signal } : {};
  }

  #step(step: RemovalStep): void {
    this.#options.onStep?.(step);
  }
}

/** Trouble that the next removal would run into as well; what a registry refuses for one image alone (GitHub's last tagged version) is none. */
function forAll({ code }: RegistryError): boolean {
  return code === 'UNAUTHORIZED' || code === 'DENIED' || code === 'TOOMANYREQUESTS';
}

/** True unless the registry said that it did not happen. */
function uncertain({ code, status }: RegistryError): boolean {
  if (status !== undefined) return status < 300 || status >= 500;
  return code === 'RESET' || code === 'TIMEOUT' || code === 'UNREACHABLE' || code === 'TOO_LARGE';
}
