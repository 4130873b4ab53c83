import type { Job, Step, Workflow } from '../workflow/model.ts';
import { actionAdapter } from './actions/index.ts';
import { isHarmlessAction } from './actions/unknown.ts';
import type { WorkflowUsage } from './analyze.ts';
import { isUnderstood } from './plainPrograms.ts';

/** Words of a job that say where credentials come from otherwise: a prepared configuration, a helper. */
const prepared =
  /\.docker\/|DOCKER_(?:AUTH_)?CONFIG|REGISTRY_AUTH_FILE|auth\.json|authfile|--(?:src-|dest-)?creds\b|credHelpers|credsStore|docker-credential-/i;

/** Whether the text of a job or of its workflow's `env` (`text` is the file's) says that credentials are prepared by hand. */
export function preparesCredentials({ env }: Workflow, { span }: Job, text: string): boolean {
  return [span, ...(env ? [env.span] : [])].some(({ start, end }) => prepared.test(text.slice(start, end)));
}

/**
 * Whether the steps of a job up to `last` do nothing that nobody here understands, what they call included. Each unknown action, program
 * or script might log in, or bring credentials along.
 */
export function isUnderstoodUpTo(usage: WorkflowUsage, job: Job, last: Step): boolean {
  return job.steps.every(step => step.index > last.index || isUnderstoodStep(usage, job, step));
}

function isUnderstoodStep(usage: WorkflowUsage, job: Job, step: Step): boolean {
  const calls = usage.calls.filter(({ call }) => call?.job === job && call.step === step);
  if (calls.length > 0)
    return calls.every(callee => callee.workflow.jobs.every(inner => inner.steps.every(one => isUnderstoodStep(callee, inner, one))));
  const scripts = usage.scripts.filter(script => script.step === step);
  if (step.run && scripts.length === 0) return false;
  if (!scripts.every(({ commands }) => commands.every(isUnderstood))) return false;
  if (!step.uses) return true;
  const name = (step.uses.value.split('@')[0] ?? '').trim().toLowerCase();
  return name.startsWith('docker/') || isHarmlessAction(name) || actionAdapter(step.uses.value) !== undefined;
}
