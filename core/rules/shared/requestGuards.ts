import { needsConsent } from '../../usage/consent.ts';
import type { Usage } from '../../usage/usage.ts';
import type { Job } from '../../workflow/model.ts';
import type { RuleContext } from '../rule.ts';
import { guardsOf } from './pullRequests.ts';

/** Words of a script or an action's inputs that tell pull requests from other runs. */
const asksForEvent =
  /pull_request|event_name|EVENT_NAME|EVENT_PATH|GITHUB_REF|GITHUB_BASE|GITHUB_HEAD|github\.(?:ref|base_ref|head_ref|event)\b|context\.(?:eventName|payload|ref)|\bis_?pr\b/i;

/** Actions whose outputs tell which files changed, and nothing of who asks. */
const tellsFiles = /^(?:tj-actions\/changed-files|dorny\/paths-filter|jitterbit\/get-changed-files|trilom\/file-changes-action)@/i;

/**
 * Whether a condition on a usage asks for something that nobody here can tell and that may be false in every run for a pull request: an
 * output whose maker looks at the event, a variable that a script set, an input, a setting of the repository.
 */
export function mayKeepRequestsOut(usage: Usage, context: RuleContext): boolean {
  return guardsOf(usage, context.usage).some(condition => isOpenQuestion(condition, usage.job, context));
}

function isOpenQuestion(condition: string, job: Job, context: RuleContext): boolean {
  if (/\b(?:vars|inputs)\s*[.[]|\bgithub\.event\.inputs\b/.test(condition)) return true;
  const { usage: file, text } = context;
  for (const [, name = ''] of condition.matchAll(/\benv\.([\w-]+)/g)) {
    const levels = [job.env, file.workflow.env];
    // What is written in the file has been weighed by its value; what a step set has not.
    if (!levels.some(level => level?.entries.has(name))) return true;
  }
  for (const [, id = ''] of condition.matchAll(/\bsteps\.([\w-]+)\.outputs\b/g)) if (stepAsks(id, job, text)) return true;
  for (const [, id = '', output = ''] of condition.matchAll(/\bneeds\.([\w-]+)\.outputs\.([\w-]+)/g)) {
    const needed = file.workflow.jobs.find(other => other.id.value === id);
    if (!needed || outputAsks(needed, output, text)) return true;
  }
  return false;
}

function outputAsks(job: Job, output: string, text: string): boolean {
  const value = job.outputs?.entries.get(output)?.value.value;
  const step = value === undefined ? undefined : /\bsteps\.([\w-]+)\.outputs\b/.exec(value)?.[1];
  return step === undefined || stepAsks(step, job, text);
}

function stepAsks(id: string, { steps }: Job, text: string): boolean {
  const step = steps.find(other => other.id?.value === id);
  if (!step) return true;
  if (step.uses && tellsFiles.test(step.uses.value)) return false;
  return step.run === undefined || asksForEvent.test(text.slice(step.span.start, step.span.end));
}

/** Whether a condition asks for somebody's consent to this pull request: a label, certain people. */
export function asksForConsent(usage: Usage, context: RuleContext): boolean {
  return guardsOf(usage, context.usage).some(condition => needsConsent(condition) || /\breview\.state\b/.test(condition));
}
