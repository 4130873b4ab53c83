import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '../registry/errors.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import type { IndexCache, Removal, RemovalOutcome, RemovalPlan, RemovalStep, Survey } from './model.ts';
import { refusalsOf } from './plan.ts';
import { parentsOf, survey, tagsOf } from './survey.ts';

export interface ApplyOptions extends RequestOptions {
  /** Told as each step begins. */
  readonly onStep?: (step: RemovalStep) => void;
  readonly known?: IndexCache;
}

/** Waits between the reads that confirm a removal, in milliseconds: a replica may lag behind. */
const readBackWaits = [0, 150, 500, 1500, 3000];
/** Milliseconds after which the repository is looked at anew before the next removal of many. */
const fresh = 30_000;

/**
 * Carries a plan out, one removal after the other: looks again, removes, reads back. Throws a RegistryError where it cannot look again,
 * before anything of that removal was written.
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
      throw error;
    }
    return this.#remove(removal);
  }

  /** Why it must not be removed after all; `undefined` where everything is as it was confirmed. */
  async #lookAgain(removal: Removal): Promise<RemovalOutcome | undefined> {
    const { repository } = this.#plan;
    const { digest, tags, deletes, tag } = removal;
    this.#step({ kind: 'recheck', removal });
    if (this.#seen && performance.now() - this.#looked > fresh) {
      const { known, onStep } = this.#options;
      const onProgress = (done: number, total?: number) => onStep?.({ kind: 'survey', done, ...(total !== undefined && { total }) });
      const untagged = tags.length === 0;
      this.#seen = await survey(this.#registry, repository, {
        ...this.#asked,
        before: this.#seen,
        untagged,
        onProgress,
        ...(known && { known }),
      });
      this.#looked = performance.now();
    }
    if (this.#seen && deletes) {
      const further = tagsOf(this.#seen, digest).find(other => !tags.includes(other));
      if (further !== undefined) return { status: 'stale', tag: further, found: digest };
      const [parent] = parentsOf(this.#seen, digest);
      if (parent) return { status: 'stale', tag: parent.tags[0] ?? parent.digest, found: parent.digest };
    }
    // The registry would delete the image with what has become its last tag.
    if (this.#seen && !deletes && tag !== undefined && tagsOf(this.#seen, digest).every(other => other === tag))
      return { status: 'stale', tag, found: digest };
    // What was confirmed, once more and right before the write.
    const wanted = tag === undefined ? tags : [tag];
    const now = await this.#registry.lookUp(repository, wanted, this.#asked);
    for (const name of wanted) {
      const found = now.get(name)?.digest;
      if (found !== digest)
        return tag === name && found === undefined ? { status: 'absent' } : { status: 'stale', tag: name, found: found ?? 'absent' };
    }
    if (wanted.length === 0 && !(await this.#registry.resolve(repository, digest, this.#asked))) return { status: 'absent' };
    return undefined;
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
        this.#stopped = forAll(error);
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
      if (found === undefined) return { status: 'removed' };
      return found === digest ? undefined : { status: 'rewritten', found };
    }
    if (await this.#registry.resolve(repository, digest)) return undefined;
    const left = await this.#registry.lookUp(repository, tags);
    return [...left.values()].some(row => row.digest === digest) ? undefined : { status: 'removed' };
  }

  get #asked(): RequestOptions {
    return this.#options.signal ? { signal: this.#options.signal } : {};
  }

  #step(step: RemovalStep): void {
    this.#options.onStep?.(step);
  }
}

/** Trouble that the next removal would run into as well. */
function forAll({ code }: RegistryError): boolean {
  return code === 'UNAUTHORIZED' || code === 'DENIED' || code === 'UNSUPPORTED' || code === 'TOOMANYREQUESTS';
}

/** True unless the registry said that it did not happen. */
function uncertain({ code, status }: RegistryError): boolean {
  if (status !== undefined) return status < 300 || status >= 500;
  return code === 'RESET' || code === 'TIMEOUT' || code === 'UNREACHABLE' || code === 'TOO_LARGE';
}
