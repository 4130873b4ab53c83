import { match } from '../image/match.ts';
import { referenceParts, tagOf } from '../image/mobility.ts';
import { alternatives, type Template } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { loadsImages } from '../usage/loads.ts';
import { besides, jobUsages, neededJobs } from '../usage/order.ts';
import { makesThrowawayCluster } from '../usage/throwaway.ts';
import type { Usage } from '../usage/usage.ts';
import { tagWrites } from '../workspace/tagFlow.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { ImageUse } from './uses.ts';

/** Calls of calls that are looked through. */
const mostCallers = 10;

/**
 * Whether a run may have made what it reads here itself, so that it matters little what the registry has now: pushed by this workflow or
 * its caller or by the one that starts it, built or loaded on the job's own machine, or by something before it that nobody can follow.
 */
export function mayBeMadeBefore(use: ImageUse, workspace: Workspace, path: string): boolean {
  const { usage, form, image } = use;
  const job = usage.calledJob ?? usage.job;
  // A cluster of the job's own has the images that were loaded into it.
  if (usage.kind === 'deploy' && makesThrowawayCluster(job)) return true;
  if (usage.kind === 'pull' && usage.purpose === 'use' && loadsImages(job)) return true;
  if (image?.digest) return false;
  const files = workspace.usages(path).filter(({ sequence }) => sequence.includes(usage));
  return files.some(file => {
    const here = besides(file, usage);
    const others = [...file.sequence].filter(other => other !== usage);
    if (others.some(other => gives(other, form, path))) return true;
    const before = [...here.slice(0, here.indexOf(usage)), ...ofNeeded(file, usage)];
    if (before.some(other => mayGive(other, form))) return true;
    return isGivenByCaller(file, form, workspace) || isGivenByStarter(file, form, workspace);
  });
}

function ofNeeded(file: WorkflowUsage, { job }: Usage): readonly Usage[] {
  return neededJobs(job, file.workflow.jobs).flatMap(needed => jobUsages(file, needed));
}

/** It makes the image, here or in the registry. */
function gives(other: Usage, form: Template, path: string): boolean {
  const local = other.kind === 'build' ? other.tags : other.kind === 'retag' ? [other.to] : [];
  const made = [...local.flatMap(({ template }) => alternatives(template)), ...tagWrites(path, other).map(({ reference }) => reference)];
  return made.some(reference => mayBe(reference, form));
}

/** Nobody can see what it makes, or it asks first whether the image is there. */
function mayGive(other: Usage, form: Template): boolean {
  return other.kind === 'opaque' || (other.kind === 'inspect' && alternatives(other.reference.template).some(one => mayBe(one, form)));
}

function mayBe(made: Template, form: Template): boolean {
  const parts = referenceParts(made);
  if (parts.digest && parts.tag === undefined) return false;
  if (parts.open) return match(made, form) !== 'never';
  const wanted = referenceParts(form);
  return match(parts.name, wanted.name) !== 'never' && match(tagOf(parts), tagOf(wanted)) !== 'never';
}

function isGivenByCaller({ call }: WorkflowUsage, form: Template, workspace: Workspace): boolean {
  for (let outer = call, depth = 0; outer && depth < mostCallers; outer = outer.outer, depth++) {
    const { caller, job } = outer;
    const files = workspace.usages(caller.path).filter(({ workflow }) => workflow === caller);
    for (const file of files) {
      if (file.sequence.some(other => gives(other, form, caller.path))) return true;
      if (neededJobs(job, caller.jobs).some(needed => jobUsages(file, needed).some(other => mayGive(other, form)))) return true;
    }
  }
  return false;
}

/** A workflow that runs when another ended reads what that one pushed. */
function isGivenByStarter({ workflow }: WorkflowUsage, form: Template, workspace: Workspace): boolean {
  if (!workflow.triggers.some(({ event }) => event === 'workflow_run')) return false;
  return workspace.flow.writesTo(referenceParts(form).name, 'maybe').some(({ reference }) => mayBe(reference, form));
}
