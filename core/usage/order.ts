import type { Job } from '../workflow/model.ts';
import type { WorkflowUsage } from './analyze.ts';
import type { Usage } from './usage.ts';

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
