import type { Job } from '../workflow/model.ts';
import type { WorkflowUsage } from './analyze.ts';
import type { Build, Usage } from './usage.ts';

const byJob = new WeakMap<WorkflowUsage, ReadonlyMap<Job | undefined, readonly Usage[]>>();

/**
 * Everything that happens in a job, in the order in which it runs, with what the composite actions, scripts and reusable workflow do
 * that it calls. A called workflow may have several jobs: `besides` tells them apart.
 */
export function jobUsages(usage: WorkflowUsage, job: Job): readonly Usage[] {
  let jobs = byJob.get(usage);
  if (!jobs) {
    jobs = grouped(usage.sequence, 'job');
    byJob.set(usage, jobs);
  }
  return jobs.get(job) ?? [];
}

/** The builds of a file's own steps: most files have few, and are asked for them often. */
export function ownBuilds(usage: WorkflowUsage): readonly Build[] {
  return ofKind(usage.usages, 'build');
}

/** As `jobUsages`, on the machine on which `use` happens: a called workflow's other jobs have their own. */
export function besides(usage: WorkflowUsage, use: Usage): readonly Usage[] {
  const all = jobUsages(usage, use.job);
  if (!use.job.uses) return all;
  const jobs = byCalledJob.get(all) ?? grouped(all, 'calledJob');
  byCalledJob.set(all, jobs);
  return jobs.get(use.calledJob) ?? [];
}

const byCalledJob = new WeakMap<readonly Usage[], ReadonlyMap<Job | undefined, readonly Usage[]>>();

function grouped(usages: readonly Usage[], by: 'job' | 'calledJob'): ReadonlyMap<Job | undefined, readonly Usage[]> {
  const groups = new Map<Job | undefined, Usage[]>();
  for (const usage of usages) {
    const group = groups.get(usage[by]);
    if (group) group.push(usage);
    else groups.set(usage[by], [usage]);
  }
  return groups;
}

type Kind = Usage['kind'];
const byKind = new WeakMap<readonly Usage[], Map<Kind, readonly Usage[]>>();

/** The usages of one kind in a list that stays: `sequence`, `usages`, a job's. Looked through once, however often it is asked. */
export function ofKind<K extends Kind>(usages: readonly Usage[], kind: K): readonly Extract<Usage, { kind: K }>[] {
  const kinds = byKind.get(usages) ?? new Map<Kind, readonly Usage[]>();
  byKind.set(usages, kinds);
  const found = kinds.get(kind) ?? usages.filter(usage => usage.kind === kind);
  kinds.set(kind, found);
  return found as readonly Extract<Usage, { kind: K }>[];
}

/** Jobs by what they need and what needs them, and the last answers: rules ask of one job again and again. */
interface Order {
  readonly byName: ReadonlyMap<string, Job>;
  readonly needs: ReadonlyMap<Job, readonly Job[]>;
  readonly neededBy: ReadonlyMap<Job, readonly Job[]>;
  before?: { readonly job: Job; readonly jobs: readonly Job[] };
  after?: { readonly job: Job; readonly jobs: ReadonlySet<Job> };
}

const orders = new WeakMap<readonly Job[], Order>();

function orderOf(jobs: readonly Job[]): Order {
  const known = orders.get(jobs);
  if (known) return known;
  const byName = new Map([...jobs].reverse().map(job => [job.id.value, job]));
  const needs = new Map<Job, readonly Job[]>();
  const neededBy = new Map<Job, Job[]>();
  for (const job of jobs) {
    const needed = job.needs.flatMap(({ value }) => byName.get(value) ?? []);
    needs.set(job, needed);
    for (const one of needed) {
      const others = neededBy.get(one);
      if (others) others.push(job);
      else neededBy.set(one, [job]);
    }
  }
  const order = { byName, needs, neededBy };
  orders.set(jobs, order);
  return order;
}

/** The job of a file that `needs:` calls so. */
export function jobNamed(name: string, jobs: readonly Job[]): Job | undefined {
  return orderOf(jobs).byName.get(name);
}

/** All that is reached from a job, each way to its end. */
function reached(job: Job, next: ReadonlyMap<Job, readonly Job[]>): ReadonlySet<Job> {
  const found = new Set<Job>();
  const left = [...(next.get(job) ?? [])].reverse();
  for (let one = left.pop(); one; one = left.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    for (const further of [...(next.get(one) ?? [])].reverse()) if (!found.has(further)) left.push(further);
  }
  return found;
}

/** The jobs that end before a job begins: those that it needs, and those that they need. */
export function neededJobs(job: Job, jobs: readonly Job[]): readonly Job[] {
  if (job.needs.length === 0) return [];
  const order = orderOf(jobs);
  if (order.before?.job !== job) order.before = { job, jobs: [...reached(job, order.needs)] };
  return order.before.jobs;
}

/** Whether a job begins after another has ended. */
export function isAfterJob(later: Job, job: Job, jobs: readonly Job[]): boolean {
  if (later.needs.length === 0) return false;
  const order = orderOf(jobs);
  if (order.after?.job !== job) order.after = { job, jobs: reached(job, order.neededBy) };
  return order.after.jobs.has(later);
}
