import { callerEvent } from '../../usage/events.ts';
import { ofKind } from '../../usage/order.ts';
import type { Usage } from '../../usage/usage.ts';
import type { Entries, Step } from '../../workflow/model.ts';
import type { RuleContext } from '../rule.ts';

/**
 * Whether the digest that a build pushed is kept or used: given to a deployment, an attestation or a signature, written to the job's
 * summary, a file, or an output that somebody reads. A line in the log is not looked at by anybody later, and a signature of a tag, or
 * of a digest that was picked out of what a program printed, is found by those alone who know the digest.
 */
export function isDigestRecorded(build: Usage, context: RuleContext): boolean {
  const { job, step } = build;
  const { text, usage } = context;
  if (step.run && /--(?:iidfile|metadata-file|digestfile|digest-file|image-name-with-digest-file)\b/.test(step.run.value)) return true;
  if (asksRegistry(build, context)) return true;
  const expression = build.kind === 'build' ? build.digest : undefined;
  if (!expression) return false;
  const names = [expression, expression.replace(/\.digest$/, '.metadata')];
  const mentions = (start: number, end: number) => names.some(name => text.slice(start, end).includes(name));
  if (job.steps.some(other => other !== step && mentions(other.span.start, other.span.end) && keeps(other))) return true;
  const outputs = givenBy(job.outputs, names, text);
  if (outputs.some(output => text.includes(`needs.${job.id.value}.outputs.${output}`))) return true;
  const passedOn = usage.workflow.kind === 'action' ? names : outputs.map(output => `jobs.${job.id.value}.outputs.${output}`);
  return givenBy(usage.workflow.outputs, passedOn, text).some(output => isReadByCaller(output, build, context));
}

/** A step that uses a digest does something with it, but for one that only prints it. */
function keeps({ run }: Step): boolean {
  return !run || !/^\s*echo\b[^>|&;\n]*$/.test(run.value);
}

/** The outputs whose value is made of one of these expressions. */
function givenBy(outputs: Entries | undefined, expressions: readonly string[], text: string): readonly string[] {
  return [...(outputs?.entries ?? [])]
    .filter(([, { value }]) => expressions.some(expression => text.slice(value.span.start, value.span.end).includes(expression)))
    .map(([name]) => name);
}

/** Whoever calls the file reads this output of it; callers that nobody can see may. */
function isReadByCaller(output: string, { starts }: Usage, { usage, workspace }: RuleContext): boolean {
  const { call } = usage;
  if (!call) return starts.every(({ event }) => event === callerEvent);
  const text = workspace.text(call.caller.path);
  const owner = usage.workflow.kind === 'action' ? `steps.${call.step.id?.value}` : `s.${call.job.id.value}`;
  return text === undefined || text.includes(`${owner}.outputs.${output}`);
}

/** Later in the job a script takes the digest from the registry: `$(crane digest …)`. */
function asksRegistry({ job, at }: Usage, { usage, text }: RuleContext): boolean {
  return ofKind(usage.sequence, 'inspect').some(other => {
    if (other.job !== job || other.at.start <= at.start) return false;
    const before = text.slice(Math.max(at.start, other.at.start - longestCommand), other.at.start);
    return /(?:\$\(|`)[^()`]*$/.test(before);
  });
}

/** Characters between `$(` and the reference that is asked about. */
const longestCommand = 300;
