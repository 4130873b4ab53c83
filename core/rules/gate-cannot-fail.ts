import type { ShellCommand } from '../shell/command.ts';
import { isAfterJob, neededJobs } from '../usage/order.ts';
import { runsAny } from '../usage/programs.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import { makesThrowawayCluster } from '../usage/throwaway.ts';
import type { Usage } from '../usage/usage.ts';
import type { Job, Step } from '../workflow/model.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { type Dead, deadEnd } from './shared/cannotFail.ts';
import { type Gate, gateAction, gatekeepers, gateOf } from './shared/gates.ts';
import { callsItselfPromotion } from './shared/promotion.ts';

/** A check that is always content lets everything through, and looks like one that was passed. */
export const gateCannotFail: Rule = {
  id: 'gate-cannot-fail',
  title: 'A check decides about an image and cannot fail',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      const { usage } = context;
      for (const script of usage.scripts) if (runsAny(script, gatekeepers)) checkScript(script, context);
      for (const job of usage.workflow.jobs) for (const step of job.steps) if (step.continueOnError) checkStep(job, step, context);
    },
  },
};

function checkScript(script: StepScript, context: RuleContext): void {
  const { job, step } = script;
  if (isAfterwards(step) || step.continueOnError?.value === 'true') return;
  const gates = script.commands.flatMap(command => {
    const gate = gateOf(command, step);
    return gate ? [{ command, gate }] : [];
  });
  for (const { command, gate } of gates) {
    const dead = deadEnd(command, script);
    if (!dead || (gate.kind === 'signature' && (dead === 'or' || dead === 'announced'))) continue;
    // The same is asked once more, and then it counts.
    if (
      gates.some(
        other => other.gate.kind === gate.kind && command.span.start < other.command.span.start && other.command.failure === 'fatal',
      )
    )
      continue;
    if (!decides(gate, job, step, context) || isSaidAlready(context, command.span)) continue;
    const beside = otherGate(gate, script, context);
    if (beside === 'later') continue;
    context.report({
      at: command.span,
      ...(beside === 'before' && { severity: 'info' as const }),
      message: `${asked(gate)}, and whatever the answer is, the job stays green: ${because(dead)}. ${harm(gate)}`,
    });
  }
}

function checkStep(job: Job, step: Step, context: RuleContext): void {
  const { continueOnError, id } = step;
  if (continueOnError?.value !== 'true' || isAfterwards(step)) return;
  const script = context.usage.scripts.find(other => other.step === step);
  const gate = gateAction(step) ?? script?.commands.map(command => gateOf(command, step)).find(found => found !== undefined);
  if (!gate || !decides(gate, job, step, context)) return;
  if (gate.kind === 'scan' && job.steps.some(({ uses }) => /upload-sarif/.test(uses?.value ?? ''))) return;
  const source = context.text.slice(job.span.start, job.span.end);
  if (id && ['outcome', 'conclusion', 'outputs'].some(read => source.includes(`steps.${id.value}.${read}`))) return;
  if (script && [...script.outputs.keys()].length > 0) return;
  if (isSaidAlready(context, continueOnError.span)) return;
  context.report({
    at: continueOnError.span,
    message: `${asked(gate)}, and whatever the answer is, the job stays green: \`continue-on-error\` lets the step fail, and nothing reads its outcome. ${consequence(gate)} Leave it out, or let a later step ask for the \`outcome\` and fail.`,
  });
}

/** Diagnostics and clean-up, when all is decided. */
function isAfterwards({ if: condition, name }: Step): boolean {
  return (
    /\b(?:failure|always|cancelled)\(\)/.test(condition?.value ?? '') || /\b(?:diagnos|debug|collect|dump|warm)/i.test(name?.value ?? '')
  );
}

/** Whether an image goes on, or stays where it is, by the answer: it is pushed, promoted or deployed in this run. */
function decides({ kind, here }: Gate, job: Job, step: Step, context: RuleContext): boolean {
  const { usage: file } = context;
  if (makesThrowawayCluster(job)) return false;
  const before = new Set([job, ...neededJobs(job, file.workflow.jobs)]);
  const isBefore = (usage: Usage) => before.has(usage.job) && (usage.job !== job || usage.step.index <= step.index);
  const follows = (usage: Usage) => (usage.job === job && usage.step.index > step.index) || isAfterJob(usage.job, job, file.workflow.jobs);
  if ((kind === 'health' && !here) || kind === 'rollout' || (kind === 'test' && !here))
    return (
      kind === 'rollout' ||
      callsItselfPromotion(file, job) ||
      saysDeploy(job, file.workflow.name?.value) ||
      file.sequence.some(usage => isBefore(usage) && (isDeploy(usage) || usage.kind === 'opaque'))
    );
  return file.sequence.some(usage => follows(usage) && goesOn(usage)) && (kind !== 'health' || file.sequence.some(isBuilt(job)));
}

function isBuilt(job: Job): (usage: Usage) => boolean {
  return usage => usage.job === job && (usage.kind === 'build' || usage.kind === 'pull');
}

function isDeploy({ kind }: Usage): boolean {
  return kind === 'deploy' || kind === 'restart';
}

function goesOn(usage: Usage): boolean {
  if (usage.kind === 'build') return usage.pushes !== false;
  return isDeploy(usage) || usage.kind === 'push' || (usage.kind === 'retag' && usage.remote);
}

function saysDeploy({ id, name }: Job, workflow: string | undefined): boolean {
  return [id.value, name?.value, workflow].some(text => text !== undefined && /deploy|rollout|release|\bcd\b/i.test(text));
}

/** Whether another check of what was deployed counts in the job: one that comes later decides in its place. */
function otherGate({ kind }: Gate, script: StepScript, { usage: { scripts } }: RuleContext): 'before' | 'later' | undefined {
  if (kind !== 'health' && kind !== 'rollout') return undefined;
  const others = scripts
    .filter(({ job, step }) => job === script.job && step !== script.step && !isAfterwards(step) && step.continueOnError === undefined)
    .filter(other => other.commands.some(command => counts(command, other)));
  if (others.some(({ step }) => step.index > script.step.index)) return 'later';
  return others.length > 0 ? 'before' : undefined;
}

function counts(command: ShellCommand, script: StepScript): boolean {
  const gate = gateOf(command, script.step);
  return (gate?.kind === 'health' || gate?.kind === 'rollout') && !gate.here && deadEnd(command, script) === undefined;
}

function asked({ kind, name }: Gate): string {
  switch (kind) {
    case 'health':
      return `\`${name}\` asks whether it answers`;
    case 'rollout':
      return `\`${name}\` waits until it is rolled out`;
    case 'scan':
      return `\`${name}\` looks for what is wrong with the image`;
    case 'signature':
      return `\`${name}\` checks who made the image`;
    case 'test':
      return `\`${name}\` tries whether it works`;
  }
}

function because(dead: Dead): string {
  switch (dead) {
    case 'or':
      return 'the command behind `||` takes a failure away';
    case 'announced':
      return 'behind `||` there is a message, and the script goes on';
    case 'pipe':
      return 'without `pipefail` only the last command of a pipe decides';
    case 'loop':
      return 'when the last try has failed, the loop just ends';
    case 'branch':
      return 'what is done about a failure is a message, and the script goes on';
    case 'goesOn':
      return 'nothing asks for a failure, and the script goes on';
  }
}

function harm(gate: Gate): string {
  const isUp = gate.kind === 'health' || gate.kind === 'rollout';
  return `${consequence(gate)} ${isUp ? 'End the step with `exit 1` when it does not come up.' : 'Let a failure end the step.'}`;
}

function consequence({ kind }: Gate): string {
  return kind === 'health' || kind === 'rollout'
    ? 'A broken image stays where it is, and what follows takes it for a good one.'
    : 'The image goes on all the same.';
}
