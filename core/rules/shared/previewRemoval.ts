import { matchNames } from '../../image/match.ts';
import { referenceParts } from '../../image/mobility.ts';
import { alternatives, type Template } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import type { Workspace } from '../../workspace/workspace.ts';

const cleaning = /delete|remov|prune|purge|clean|untag|destroy|tear-?down|retention|expire/i;

/** Whether anything in the workspace may take images of a repository (a name without a tag) away again. */
export function mayBeRemoved(repository: Template, workspace: Workspace): boolean {
  return workspace.paths().some(path => {
    const file = workspace.usage(path);
    return file !== undefined && (removesFrom(repository, file) || cleansUp(file, workspace.text(path) ?? ''));
  });
}

function removesFrom(repository: Template, { usages }: WorkflowUsage): boolean {
  return usages.some(use => {
    if (use.kind === 'repositorySettings') return use.lifecyclePolicy !== undefined && mayBeSame(use.repository.template, repository, true);
    return use.kind === 'delete' && mayBeSame(use.reference.template, repository, false);
  });
}

/** A repository's settings name it without its registry. */
function mayBeSame(named: Template, repository: Template, withoutHost: boolean): boolean {
  return alternatives(named).some(form => {
    const { name, open } = referenceParts(form);
    return open || withoutHost || matchNames(name, repository, 'repository') !== 'never';
  });
}

/** A workflow for the end of pull requests or branches that speaks of cleaning up, or one that calls itself so. */
function cleansUp({ workflow }: WorkflowUsage, text: string): boolean {
  if (cleaning.test(workflow.name?.value ?? '') || cleaning.test(workflow.path.slice(workflow.path.lastIndexOf('/') + 1))) return true;
  const atEnd = workflow.triggers.some(
    ({ event, types }) => event === 'delete' || (/^pull_request/.test(event) && types.includes('closed')),
  );
  return atEnd && cleaning.test(text);
}
