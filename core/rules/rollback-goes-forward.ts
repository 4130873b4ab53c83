import { newestOther } from '../shell/newestOther.ts';
import { isAfterJob, jobUsages } from '../usage/order.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import type { Usage } from '../usage/usage.ts';
import type { Job } from '../workflow/model.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';

/** What was in place last is no longer the newest once it has been put back. */
export const rollbackGoesForward: Rule = {
  id: 'rollback-goes-forward',
  title: 'A second rollback returns to the image that the first one left',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      const { path, text, usage } = context;
      // Most files speak of no way back at all.
      if (!rollback.test(text) && !rollback.test(path)) return;
      for (const script of usage.scripts)
        if (listsImages.test(script.script.source.value) && goesBack(script, context)) check(script, context);
    },
  },
};

const rollback = /(?:^|[^a-z])(?:roll(?:ing|s|ed)?[\s_-]{0,3}back|revert(?:s|ed|ing)?|undo)(?![a-z])/i;

/** Whether a script, its step, job or workflow says that it rolls back. */
function goesBack({ job, step, script }: StepScript, { usage: { workflow } }: RuleContext): boolean {
  const { name, path } = workflow;
  const names = [name?.value, path.slice(path.lastIndexOf('/') + 1), job.id.value, job.name?.value, step.name?.value, script.source.value];
  return names.some(text => text !== undefined && rollback.test(text));
}

/** Asks a registry, or what runs images, for a list: of tags, images, versions, releases. */
const listsImages =
  /\blist-tags\b|\b(?:crane|gcrane)\s+ls\b|\btag\s+ls\b|\brepo\s+tags\b|\bdescribe-images\b|\blist-images\b|\/tags\b|\/versions\b|\btags\s+list\b|\bimages\s+list\b|\bshow-(?:tags|manifests)\b|\bmanifest\s+list(?:-metadata)?\b|\bgit\s+tag\b|\brelease\s+list\b|\blist-task-definitions\b/;

function check(script: StepScript, context: RuleContext): void {
  const { usage, text } = context;
  // What was left is taken out of the list then.
  if (jobUsages(usage, script.job).some(({ kind }) => kind === 'delete') || !goesSomewhere(script, context)) return;
  const texts = usage.scripts.filter(({ job }) => job === script.job).map(other => other.script.source.value);
  const { step, job } = script;
  const env = (name: string) =>
    [step.env, job.env, usage.workflow.env].map(entries => entries?.entries.get(name)?.value.value).find(value => value !== undefined);
  const at = newestOther(script.script, { texts, env });
  if (!at || at.end > text.length || isSaidAlready(context, at)) return;
  context.report({
    at,
    message:
      'The newest image that is not the current one is the one before, once. Then it is the current one itself, and the newest other is the broken image that was just left: a second rollback goes forward to it. Go back to what a record says was there before (the release, the deployment, the trail of the promotion), or ask for the digest.',
  });
}

/** Something gets the image: a tag that is written, a deployment, or what nobody can see. */
function goesSomewhere({ job }: StepScript, { usage }: RuleContext): boolean {
  const jobs = usage.workflow.jobs;
  const isReached = (other: Job) => other === job || isAfterJob(other, job, jobs);
  const moves = (use: Usage) => (use.kind === 'retag' && use.remote) || ['push', 'deploy', 'restart', 'opaque'].includes(use.kind);
  return (
    usage.sequence.some(use => moves(use) && isReached(use.job)) ||
    usage.scripts.some(other => deploys.test(other.script.source.value) && isReached(other.job))
  );
}

/** Starts what is named elsewhere, in a task definition or a revision. */
const deploys = /\b(?:update-service|create-deployment)\b/;
