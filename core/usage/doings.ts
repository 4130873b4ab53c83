import type { Job } from '../workflow/model.ts';
import type { Checkouts } from './callee.ts';
import { broughtHere, localNames } from './jobImages.ts';
import type { Usage } from './usage.ts';

/** What one file may do with images, by itself and by what it calls: rules look from each of these to the others. */
const maxUsages = 1_000;

/** What has happened so far while a file is followed, in order, and what each job's machine has from it. */
export class Doings {
  readonly usages: Usage[] = [];
  readonly called: Usage[] = [];
  readonly sequence: Usage[] = [];
  readonly #local = new Map<Job, Set<string>>();
  readonly #checkouts = new Map<Job, Checkouts[number][]>();
  /** Jobs whose end is not looked at. */
  readonly #cut = new Set<Job>();

  /** What happened, here or in a called file. Past the limit nobody can tell: each job does one opaque thing for all that is left out. */
  add(usage: Usage): void {
    if (this.sequence.length < maxUsages) this.#keep(usage);
    else if (!this.#cut.has(usage.job)) this.#keep(restOf(usage));
    if (this.sequence.length > maxUsages) this.#cut.add(usage.job);
  }

  #keep(usage: Usage): void {
    (usage.within ? this.called : this.usages).push(usage);
    this.sequence.push(usage);
    for (const name of broughtHere(usage).flatMap(localNames)) this.localOf(usage.job).add(name);
    if (usage.kind !== 'checkout') return;
    const checkouts = this.#checkouts.get(usage.job);
    if (checkouts) checkouts.push(usage);
    else this.#checkouts.set(usage.job, [usage]);
  }

  /** References that a job has on its machine by what it did before, without holes told apart. */
  localOf(job: Job): Set<string> {
    const local = this.#local.get(job) ?? new Set();
    this.#local.set(job, local);
    return local;
  }

  checkoutsOf(job: Job): Checkouts {
    return this.#checkouts.get(job) ?? [];
  }
}

function restOf({ at, job, calledJob, step, conditional, events, starts, failure }: Usage): Usage {
  const reason = `its file does more than ${maxUsages} things with images`;
  const around = { at, job, step, conditional, events, starts, failure, ...(calledJob && { calledJob }) };
  return { kind: 'opaque', what: 'script', name: 'the rest of the job', reason, ...around };
}
