import type { Job, Step, Workflow } from '../workflow/model.ts';

/** What a run stands on: metadata-action and deployments by `github.ref_name` give something else for each. */
export type RefKind = 'branch' | 'tag' | 'pullRequest' | 'schedule';

/** What a step's runs may stand on, after the workflow's triggers and what the conditions say of tags. */
export function refKinds(workflow: Workflow, job: Job, step: Step, events: readonly string[]): ReadonlySet<RefKind> {
  const kinds = new Set(events.flatMap(event => kindsOf(event, workflow)));
  const condition = `${job.if?.value ?? ''} ${step.if?.value ?? ''}`;
  // Read by its words: a condition that names tags is there to let only them through, or only the others.
  if (/startsWith\(\s*github\.ref\s*,\s*'refs\/tags\/|github\.ref_type\s*==\s*'tag'/i.test(condition))
    return new Set<RefKind>([/!\s*startsWith|!=/.test(condition) ? 'branch' : 'tag']);
  if (/github\.ref\s*==\s*'refs\/heads\/|github\.ref_type\s*==\s*'branch'/i.test(condition)) kinds.delete('tag');
  return kinds;
}

function kindsOf(event: string, { triggers }: Workflow): readonly RefKind[] {
  if (event === 'workflow_call') return ['branch', 'tag', 'pullRequest'];
  if (event === 'release') return ['tag'];
  if (event === 'schedule') return ['schedule'];
  if (/^pull_request(?!_target)/.test(event)) return ['pullRequest'];
  if (event !== 'push') return ['branch'];
  const trigger = triggers.find(other => other.event === 'push');
  const branches = (trigger?.branches.length ?? 0) + (trigger?.branchesIgnore.length ?? 0) > 0;
  const tags = (trigger?.tags.length ?? 0) + (trigger?.tagsIgnore.length ?? 0) > 0;
  return branches === tags ? ['branch', 'tag'] : branches ? ['branch'] : ['tag'];
}
