import { writesByRedirectionOnly } from '../shell/programs.ts';
import { namelessOutput } from '../shell/sinks.ts';
import { nearest } from '../text/nearest.ts';
import type { Span } from '../text/span.ts';
import { callerEvent } from '../usage/events.ts';
import { type OutputReference, outputReferences } from '../usage/outputReferences.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import type { Build, Usage } from '../usage/usage.ts';
import type { Job, Step } from '../workflow/model.ts';
import type { Rule, RuleContext } from './rule.ts';

/** What no step or job gives out is the empty string, and what is made of it lacks that part. */
export const tagPartEmpty: Rule = {
  id: 'tag-part-empty',
  title: 'A value is an output that no step or job gives',
  severity: 'warning',
  fixable: true,
  visit: {
    file(context) {
      const { workflow, usages, called } = context.usage;
      // What could not be read may hold the step.
      if (workflow.problems.length > 0 || !context.text.includes('outputs') || !(usages.some(handlesImages) || called.some(handlesImages)))
        return;
      for (const reference of outputReferences(workflow)) {
        if (isHarmless(reference, context)) continue;
        const flaw = reference.context === 'steps' ? stepFlaw(reference, context) : jobFlaw(reference, context);
        if (!flaw) continue;
        const written = `${reference.context}.${reference.owner}.outputs.${reference.output}`;
        const places = reference.places();
        const place = flaw.part && places[flaw.part];
        const fix = flaw.meant && place && place.end > place.start ? { span: place, text: flaw.meant } : undefined;
        context.report({
          at: places.span,
          message: `\`${written}\` is empty: ${flaw.why}. The tag, name or argument that is made of it lacks this part.`,
          ...(flaw.related && { related: [flaw.related] }),
          ...(fix && { fix: { title: `Write \`${fix.text}\``, safe: false, edits: [fix] } }),
        });
      }
    },
  },
};

/** Nothing is made of it: an output that nobody reads, or an input for which empty is the default. */
function isHarmless({ job, step, key }: OutputReference, { text, usage }: RuleContext): boolean {
  if (!step && key !== undefined && job.outputs?.entries.has(key)) {
    return usage.workflow.kind === 'workflow' && !text.includes(`s.${job.id.value}.outputs.${key}`);
  }
  return key === 'builder';
}

interface Flaw {
  readonly why: string;
  /** What may have been meant, and the name that it replaces. */
  readonly meant?: string | undefined;
  readonly part?: 'owner' | 'output';
  readonly related?: { readonly span: Span; readonly message: string };
}

function handlesImages({ kind }: Usage): boolean {
  return kind !== 'login' && kind !== 'checkout' && kind !== 'builder' && kind !== 'fileCache' && kind !== 'opaque';
}

const same = (a: string, b: string) => a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase());

function stepFlaw(reference: OutputReference, context: RuleContext): Flaw | undefined {
  const { owner, output, job, step } = reference;
  const isBefore = (other: Step) => !step || other.index < step.index;
  const giving = job.steps.findLast(other => other.id && same(other.id.value, owner) && isBefore(other));
  if (giving) {
    const names = isSpelt(giving, output) ? undefined : outputNames(giving, context);
    if (!names || names.has(output) || [...names].some(name => same(name, output))) return skipped(reference, giving, context);
    return { why: `step \`${owner}\` gives no such output`, meant: nearest(output, names), part: 'output', related: stepPlace(giving) };
  }
  const later = job.steps.find(({ id }) => id && same(id.value, owner));
  if (later) return { why: `step \`${owner}\` comes only later`, related: stepPlace(later) };
  const before = job.steps.filter(isBefore);
  const ids = before.flatMap(({ id }) => id?.value ?? []);
  return {
    why: `no step of this job has the id \`${owner}\``,
    meant: meantStep(owner, output, before, context) ?? nearest(owner, ids),
    part: 'owner',
  };
}

/** The step that gives the output does not run with an event with which the tag is pushed. */
function skipped({ owner, step, key, guarded }: OutputReference, giving: Step, { usage }: RuleContext): Flaw | undefined {
  if (guarded || key !== 'tags' || !step || !giving.if) return undefined;
  const build = usage.usages.find((other): other is Build => other.kind === 'build' && other.step === step && other.pushes !== false);
  const given = usage.scripts.find(other => other.step === giving) ?? usage.usages.find(other => other.step === giving);
  const without = (build?.pushEvents ?? build?.events)?.find(event => event !== callerEvent && given && !given.events.includes(event));
  if (without === undefined) return undefined;
  return {
    why: `on \`${without}\` step \`${owner}\` does not run`,
    related: { span: giving.if.span, message: 'Its condition leaves the event out.' },
  };
}

function stepPlace({ id, span }: Step): Flaw['related'] & object {
  return { span: id?.span ?? span, message: 'This is the step.' };
}

/** The one step that surely gives the output, or the one whose id begins alike. */
function meantStep(owner: string, output: string, steps: readonly Step[], context: RuleContext): string | undefined {
  const named = steps.flatMap(step => (step.id ? [{ id: step.id.value, names: outputNames(step, context) }] : []));
  const giving = named.filter(({ names }) => names?.has(output));
  const alike = (giving.length > 0 ? giving : named.filter(({ names }) => !names)).filter(
    ({ id }) => owner.toLowerCase().startsWith(id.toLowerCase()) || id.toLowerCase().startsWith(owner.toLowerCase()),
  );
  return alike.length === 1 ? alike[0]?.id : giving.length === 1 ? giving[0]?.id : undefined;
}

/** Outputs of actions as their documentation lists them. */
const actionOutputs: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['docker/build-push-action', new Set(['imageid', 'digest', 'metadata'])],
  [
    'docker/metadata-action',
    new Set([
      ...['version', 'tags', 'tag-names', 'labels', 'annotations', 'json', 'bake-file'],
      ...['bake-file-tags', 'bake-file-labels', 'bake-file-annotations'],
    ]),
  ],
  ['actions/checkout', new Set(['ref', 'commit'])],
]);

/** The script spells the name in a way in which one is given out, though it was not followed to the end. */
function isSpelt({ run }: Step, output: string): boolean {
  return (
    run !== undefined &&
    [`${output}=`, `${output}<<`, `name=${output}::`, `"${output}"`, `'${output}'`].some(form => run.value.includes(form))
  );
}

const namesByStep = new WeakMap<RuleContext, Map<Step, ReadonlySet<string> | undefined>>();

/** All outputs that a step can have; `undefined` where nobody knows. */
function outputNames(step: Step, context: RuleContext): ReadonlySet<string> | undefined {
  const known = namesByStep.get(context) ?? new Map<Step, ReadonlySet<string> | undefined>();
  namesByStep.set(context, known);
  if (!known.has(step)) known.set(step, readNames(step, context));
  return known.get(step);
}

function readNames(step: Step, { usage, workspace }: RuleContext): ReadonlySet<string> | undefined {
  if (step.run) {
    const script = usage.scripts.find(other => other.step === step);
    return script && isUnderstood(script) ? new Set(script.outputs.keys()) : undefined;
  }
  const uses = step.uses?.value ?? '';
  if (!uses.startsWith('./')) return actionOutputs.get(uses.replace(/@.*/s, '').toLowerCase());
  const folder = uses.replace(/^\.\/+/, '').replace(/\/$/, '');
  const action = ['yml', 'yaml'].map(extension => workspace.usage(`${folder}/action.${extension}`)?.workflow).find(found => found);
  // Only a composite action's outputs are all in its file with their values.
  return action?.kind === 'action' && action.jobs.length > 0 && action.problems.length === 0
    ? new Set(action.outputs?.entries.keys() ?? [])
    : undefined;
}

function isUnderstood({ script, commands, outputs, job }: StepScript): boolean {
  const { errors } = script.tree;
  if (errors && errors.length > 0) return false;
  if (outputs.has(namelessOutput) || job.runsOn.some(({ value }) => /windows/i.test(value))) return false;
  return writesByRedirectionOnly(commands);
}

function jobFlaw(reference: OutputReference, context: RuleContext): Flaw | undefined {
  const { owner, output, job } = reference;
  const { workflow } = context.usage;
  const names = job.needs.map(({ value }) => value);
  if (!names.some(name => same(name, owner))) {
    const exists = workflow.jobs.some(({ id }) => same(id.value, owner));
    const why = exists ? `this job does not need job \`${owner}\`, so it sees nothing of it` : `there is no job \`${owner}\``;
    return { why, meant: exists ? undefined : nearest(owner, names), part: 'owner' };
  }
  const giving = workflow.jobs.find(({ id }) => same(id.value, owner));
  const outputs = giving && jobOutputs(giving, context);
  if (!outputs || outputs.has(output) || [...outputs].some(name => same(name, output))) return undefined;
  const related = { span: giving.id.span, message: 'This is the job.' };
  return { why: `job \`${owner}\` gives no such output`, meant: nearest(output, outputs), part: 'output', related };
}

function jobOutputs({ uses, outputs }: Job, { workspace }: RuleContext): ReadonlySet<string> | undefined {
  if (!uses) return outputs?.dynamic ? undefined : new Set(outputs?.entries.keys() ?? []);
  if (!uses.value.startsWith('./')) return undefined;
  const called = workspace.usage(uses.value.replace(/^\.\/+/, ''))?.workflow;
  return called && called.problems.length === 0 ? new Set(called.outputs?.entries.keys() ?? []) : undefined;
}
