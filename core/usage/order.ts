import type { Job } from '../workflow/model.ts';
import type { WorkflowUsage } from './analyze.ts';
import type { Build, Usage } from './usage.ts';

const byJob = new WeakMap<WorkflowUsage, ReadonlyMap<Job, readonly Usage[]>>();

/**
 * Everything that happens in a job, in the order in which it runs, with what the composite actions, scripts and reusable workflow do
 * that it calls. A called workflow may have several jobs: `besides` tells them apart.
 */
export function jobUsages(usage: WorkflowUsage, job: Job): readonly Usage[] {
  let jobs = byJob.get(usage);
  if (!jobs) {
    jobs = grouped(usage.sequence);
    byJob.set(usage, jobs);
  }
  return jobs.get(job) ?? [];
}

const builds = new WeakMap<WorkflowUsage, readonly Build[]>();

/** The builds of a file's own steps: most files have few, and are asked for them often. */
export function ownBuilds(usage: WorkflowUsage): readonly Build[] {
  let found = builds.get(usage);
  found ??= usage.usages.filter(use => use.kind === 'build');
  builds.set(usage, found);
  return found;
}

/** As `jobUsages`, on the machine on which `use` happens: a called workflow's other jobs have their own. */
export function besides(usage: WorkflowUsage, use: Usage): readonly Usage[] {
  const all = jobUsages(usage, use.job);
  return use.job.uses ? all.filter(({ calledJob }) => calledJob === use.calledJob) : all;
}

function grouped(usages: readonly Usage[]): ReadonlyMap<Job, readonly Usage[]> {
  const groups = new Map<Job, Usage[]>();
  for (const usage of usages) {
    const group = groups.get(usage.job);
    if (group) group.push(usage);
    else groups.set(usage.job, [usage]);
  }
  return groups;
}

/** The jobs that end before a job begins: those that it needs, and those that they need. */
export function neededJobs(job: Job, jobs: readonly Job[]): readonly Job[] {
  const found = new Set<Job>();
  const add = (one: Job) => {
    for (const { value } of one.needs) {
      const needed = jobs.find(({ id }) => id.value === value);
      if (!needed || found.has(needed)) continue;
      found.add(needed);
      add(needed);
    }
  };
  add(job);
  return [...found];
}
