import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../image/digest.ts';
import { RegistryError } from '../registry/errors.ts';
import type { Manifest, Registry, RequestOptions } from '../registry/registry.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import type { Expected, Outcome, Plan, Step } from './model.ts';
import { refusals } from './plan.ts';

export interface ApplyOptions extends RequestOptions {
  readonly ledger: Ledger;
  /** Told as each step begins. */
  readonly onStep?: (step: Step) => void;
  readonly now?: () => Date;
}

/** Waits between the reads that confirm a write, in milliseconds: a replica may lag behind. */
const readBackWaits = [0, 150, 500, 1500, 3000];

/**
 * Applies a plan: looks again, writes the trail, moves the tag, reads it back, records. Throws a RegistryError for trouble
 * before the tag was written, and a LedgerError when the move cannot be recorded, before anything is written.
 */
export async function applyPlan(plan: Plan, registry: Registry, options: ApplyOptions): Promise<Outcome> {
  if (plan.alreadyThere) return { status: 'unchanged' };
  const refused = refusals(plan);
  if (refused.length > 0) return { status: 'refused', checks: refused };
  return new Application(plan, registry, options).run();
}

/** One application under way: what was written so far is its state. */
class Application {
  readonly #plan: Plan;
  readonly #registry: Registry;
  readonly #options: ApplyOptions;
  readonly #id = randomUUID();
  readonly #trail: string[] = [];

  constructor(plan: Plan, registry: Registry, options: ApplyOptions) {
    this.#plan = plan;
    this.#registry = registry;
    this.#options = options;
  }

  async run(): Promise<Outcome> {
    const { tag, expected, next, trail } = this.#plan;
    const { signal } = this.#options;
    let started = false;
    try {
      this.#step({ kind: 'recheck' });
      const first = await this.#look(tag, signal);
      if (first !== expected) return this.#stale(tag, expected, first);
      this.#step({ kind: 'read' });
      const manifests = new Map<Digest, Manifest>();
      for (const digest of new Set([...trail.map(entry => entry.digest), next.digest])) manifests.set(digest, await this.#read(digest));
      await this.#options.ledger.append(this.#entry('started'));
      started = true;
      for (const entry of trail) {
        signal?.throwIfAborted();
        this.#step({ kind: 'trail', tag: entry.tag });
        const there = await this.#look(entry.tag, signal);
        if (there !== 'absent' && there !== entry.digest) return await this.#gaveUp(this.#stale(entry.tag, 'absent', there));
        if (there === 'absent') await this.#writeTrail(entry.tag, this.#manifest(manifests, entry.digest));
      }
      const last = await this.#look(tag, signal);
      if (last !== expected) return await this.#gaveUp(this.#stale(tag, expected, last));
      signal?.throwIfAborted();
      this.#step({ kind: 'move' });
      return await this.#move(this.#manifest(manifests, next.digest));
    } catch (error) {
      const cancelled: Outcome | undefined = signal?.aborted ? { status: 'cancelled', trail: this.#trail } : undefined;
      if (started) await this.#record('failed');
      if (cancelled) return cancelled;
      throw error;
    }
  }

  /** From here on cancelling comes too late: what was sent may have happened. */
  async #move(manifest: Manifest): Promise<Outcome> {
    const { tag, repository, expected } = this.#plan;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#registry.putManifest(repository, tag, manifest);
        return await this.#verify(manifest.digest);
      } catch (error) {
        if (!uncertain(error)) throw error;
        // Whether it was written is unknown until the tag is read again; only then may it be sent once more.
        const found = await this.#look(tag).catch(() => undefined);
        if (found === manifest.digest) return this.#verify(manifest.digest);
        if (found === expected && attempt === 1) continue;
        const trail = this.#trail;
        if (found === undefined || found === expected)
          return { status: 'unverified', cause: error, ...(found && { found }), trail, recorded: await this.#record('unverified') };
        return { status: 'overwritten', found, trail, recorded: await this.#record('overwritten') };
      }
    }
  }

  async #verify(digest: Digest): Promise<Outcome> {
    const { tag, repository, expected } = this.#plan;
    const trail = this.#trail;
    let found: Expected | undefined;
    let cause: unknown;
    this.#step({ kind: 'verify' });
    for (const wait of readBackWaits) {
      await sleep(wait);
      try {
        // The bytes themselves, so that the registry's word for them is not needed.
        found = (await this.#registry.manifest(repository, tag))?.digest ?? 'absent';
        cause = undefined;
      } catch (error) {
        cause = error;
        continue;
      }
      if (found === digest) return { status: 'moved', trail, recorded: await this.#record('moved') };
      if (found !== expected) return { status: 'overwritten', found, trail, recorded: await this.#record('overwritten') };
    }
    const known = { ...(cause !== undefined && { cause }), ...(found !== undefined && { found }) };
    return { status: 'unverified', ...known, trail, recorded: await this.#record('unverified') };
  }

  async #writeTrail(tag: string, manifest: Manifest): Promise<void> {
    try {
      await this.#registry.putManifest(this.#plan.repository, tag, manifest);
    } catch (error) {
      if (!uncertain(error) || (await this.#look(tag)) !== manifest.digest) throw error;
    }
    this.#trail.push(tag);
  }

  async #look(tag: string, signal?: AbortSignal): Promise<Expected> {
    return (await this.#registry.resolve(this.#plan.repository, tag, signal ? { signal } : {}))?.digest ?? 'absent';
  }

  async #read(digest: Digest): Promise<Manifest> {
    const { repository } = this.#plan;
    const { signal } = this.#options;
    const manifest = await this.#registry.manifest(repository, digest, signal ? { signal } : {});
    if (!manifest) throw new RegistryError('MANIFEST_UNKNOWN', this.#registry.host, { subject: `${repository}@${digest}` });
    return manifest;
  }

  #manifest(manifests: ReadonlyMap<Digest, Manifest>, digest: Digest): Manifest {
    const manifest = manifests.get(digest);
    if (!manifest) throw new Error(`no bytes were read for ${digest}`);
    return manifest;
  }

  #stale(tag: string, expected: Expected, found: Expected): Outcome {
    return { status: 'stale', tag, expected, found, trail: this.#trail };
  }

  async #gaveUp(outcome: Outcome): Promise<Outcome> {
    await this.#record('failed');
    return outcome;
  }

  /** False where the ledger cannot be written any more; the move stands all the same. */
  async #record(state: LedgerEntry['state']): Promise<boolean> {
    try {
      await this.#options.ledger.append(this.#entry(state));
      return true;
    } catch {
      return false;
    }
  }

  #entry(state: LedgerEntry['state']): LedgerEntry {
    const { host, repository, tag, kind, current, next } = this.#plan;
    const time = (this.#options.now?.() ?? new Date()).toISOString();
    const from = current && { from: current.digest };
    return { version: 1, id: this.#id, time, kind, state, host, repository, tag, ...from, to: next.digest };
  }

  #step(step: Step): void {
    this.#options.onStep?.(step);
  }
}

/** True unless it is sure that a write did not happen: the registry said so, or it was never sent. */
function uncertain(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  const { code, status } = error;
  if (status !== undefined) return status < 300 || status >= 500;
  return code === 'RESET' || code === 'TIMEOUT' || code === 'UNREACHABLE' || code === 'TOO_LARGE';
}
