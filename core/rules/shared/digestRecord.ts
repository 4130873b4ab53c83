import type { Usage } from '../../usage/usage.ts';
import type { Job, Step } from '../../workflow/model.ts';
import type { RuleContext } from '../rule.ts';

/**
 * Whether the digest that a build pushed is kept or used: given to a deployment, an attestation or a signature, written to the job's
 * summary, an output or a file. A line in the log is not looked at by anybody later.
 */
export function isDigestRecorded(build: Usage, context: RuleContext): boolean {
  const { job, step } = build;
  const { text, usage } = context;
  if (step.run && /--(?:iidfile|metadata-file|digestfile|digest-file|image-name-with-digest-file)\b/.test(step.run.value)) return true;
  if (signsOrAsks(build, context)) return true;
  const expression = build.kind === 'build' ? build.digest : undefined;
  if (!expression) return false;
  const names = [expression, expression.replace(/\.digest$/, '.metadata')];
  const mentions = (start: number, end: number) => names.some(name => text.slice(start, end).includes(name));
  if (job.steps.some(other => other !== step && mentions(other.span.start, other.span.end) && keeps(other))) return true;
  const outputs = [...(job.outputs?.entries ?? [])].filter(([, { value }]) => mentions(value.span.start, value.span.end));
  return outputs.some(([output]) => isRead(job, output, usage.workflow.kind === 'workflow' ? text : undefined));
}

/** A step that uses a digest does something with it, but for one that only prints it. */
function keeps({ run }: Step): boolean {
  return !run || !/^\s*echo\b[^>|&;\n]*$/.test(run.value);
}

function isRead({ id }: Job, output: string, text: string | undefined): boolean {
  return text?.includes(`s.${id.value}.outputs.${output}`) === true;
}

/** Later in the job a signature or attestation is made, or a script takes the digest from the registry: `$(crane digest …)`. */
function signsOrAsks({ job, at }: Usage, { usage, text }: RuleContext): boolean {
  return usage.sequence.some(other => {
    if (other.job !== job || other.at.start <= at.start) return false;
    return other.kind === 'sign' || (other.kind === 'inspect' && /(?:\$\(|`)\s?$/.test(text.slice(other.at.start - 3, other.at.start)));
  });
}
