import { evaluateText } from '../expression/text.ts';
import type { Facts } from '../image/facts.ts';
import { passOn, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Job, Step, Workflow } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import type { WorkflowUsage } from './analyze.ts';
import type { Callee } from './callee.ts';
import type { Files } from './files.ts';
import { relocated } from './relocate.ts';
import type { Given, StepScope } from './scope.ts';
import { eventsOf, type Start } from './starts.ts';
import type { Opaque, Usage } from './usage.ts';

/** One call of a reusable workflow or composite action. */
export interface Call {
  /** The workflow or action that calls. */
  readonly caller: Workflow;
  readonly job: Job;
  readonly step: Step;
  /** The `uses`. */
  readonly at: Span;
  /** The ways in which the runs that get here begin. */
  readonly starts: readonly Start[];
  readonly given: Given;
  /** The call by which the caller runs itself. */
  readonly outer?: Call;
}

/** Around an analysis: other files, how the runs begin, and what led here. */
export interface Around {
  readonly files: Files;
  readonly starts: readonly Start[];
  /** The folder from which `./` counts. */
  readonly root: string;
  readonly call?: Call;
  readonly given?: Given;
  /** The files that call each other down to this one. */
  readonly chain: readonly string[];
  /** Steps that may still be called. */
  readonly budget: { steps: number };
}

/** GitHub nests workflows and actions ten deep. */
const maxDepth = 10;
/** Steps that calls of one file may come to: as many as a file itself may have. */
export const maxCalledSteps = 6_000;

/** What a step or job hands over, still standing in its own file. */
export interface CallSite extends Pick<Call, 'job' | 'step' | 'starts'> {
  readonly secrets: ReadonlyMap<string, Template>;
  readonly env: ReadonlyMap<string, Template>;
}

/** What comes back from a called file, standing at the call. */
export interface Returned {
  readonly outputs: ReadonlyMap<string, Template>;
  readonly env: ReadonlyMap<string, Template>;
  /** What it checked of values that the caller has too. */
  readonly checked: Facts;
}

interface Called {
  /** What the callee does for this call, as its own file sees it. */
  readonly usage?: WorkflowUsage;
  /** The same as its caller sees it; or that nobody can see it. */
  readonly usages: readonly Usage[];
  readonly returned?: Returned;
}

/** Runs another file with what the step or job gives it; `run` analyses it. */
export function call(
  callee: Callee,
  site: CallSite,
  caller: Workflow,
  { chain, budget, files, call: outer }: Around,
  scope: StepScope,
  run: (workflow: Workflow, around: Around) => Returned & { readonly usage: WorkflowUsage },
): Called {
  const { job, step, starts } = site;
  const at = step.uses?.span ?? step.span;
  const goesOn = isSet(step.continueOnError) || isSet(job.continueOnError);
  const opaque = (what: Opaque['what'], reason: string): Called => {
    const failure = goesOn ? 'ignored' : 'fatal';
    const fact = { kind: 'opaque', at, what, name: step.uses?.value ?? '', reason } as const;
    return { usages: [{ ...fact, job, step, conditional: false, events: eventsOf(starts), starts, failure }] };
  };
  if ('reason' in callee) return opaque(callee.what, callee.reason);
  const { workflow, root } = callee;
  const { path, kind } = workflow;
  budget.steps -= workflow.jobs.reduce((sum, { steps }) => sum + 1 + steps.length, 0);
  if (chain.includes(path) || chain.length > maxDepth) return opaque(kind, 'its calls lead in a circle or too deep');
  if (budget.steps < 0) return opaque(kind, 'too many steps are called from this file');
  const given = givenTo(workflow, caller.path, site, scope);
  const made: Call = { caller, job, step, at, starts, given, ...(outer && { outer }) };
  const { usage, outputs, env, checked } = run(workflow, { files, starts, root, call: made, given, chain: [...chain, path], budget });
  const prefix = step.id ? `steps.${step.id.value}` : `needs.${job.id.value}`;
  return {
    usage,
    // What this call's values keep from running is none of the caller's doings.
    usages: usage.sequence
      .filter(inner => inner.starts.length > 0)
      .map(inner => relocated(inner, { job, step, at, goesOn }, path, kind === 'workflow' ? inner.job : undefined)),
    returned: { outputs: returned(outputs, workflow, prefix, at), env: returned(env, workflow, prefix, at), checked },
  };
}

/** The values of a call where the callee takes them: at the declarations of its inputs. `path` is the caller's. */
function givenTo(callee: Workflow, path: string, { step, secrets, env }: CallSite, scope: StepScope): Given {
  const start = callee.jobs[0]?.id.span ?? { start: 0, end: 0 };
  const inputs = new Map<string, Template>();
  const declared = new Map([...callee.inputs].map(([name, input]) => [name.toLowerCase(), input]));
  for (const [name, { value }] of step.with?.entries ?? []) {
    const at = declared.get(name.toLowerCase())?.span;
    if (at) inputs.set(name, passOn(evaluateText(value, scope), at, path, `\`with: ${name}\``));
  }
  return {
    inputs,
    secrets: new Map([...secrets].map(([name, value]) => [name, passOn(value, start, path, `secret ${name}`)])),
    env: new Map([...env].map(([name, value]) => [name, passOn(value, start, path, `env ${name}`)])),
  };
}

/** Values that come back from a callee, standing at the call. What is unknown there is unknown here under the caller's name for it. */
function returned(values: ReadonlyMap<string, Template>, callee: Workflow, prefix: string, at: Span): ReadonlyMap<string, Template> {
  return new Map(
    [...values].map(([name, value]) => {
      const here = value.map(part =>
        part.kind === 'hole' && ofCallee.test(part.source) ? { ...part, source: `${prefix}.outputs.${name}` } : part,
      );
      return [name, passOn(here, at, callee.path, `${name} of ${callee.path}`)];
    }),
  );
}

const ofCallee = /^(?:steps|needs|jobs|inputs|matrix)\./i;

/** Whether a field like `continue-on-error` is given and not off. */
export function isSet(scalar: Scalar | undefined): boolean {
  return scalar !== undefined && scalar.value !== 'false';
}
