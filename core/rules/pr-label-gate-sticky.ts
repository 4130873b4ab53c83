import type { WorkflowUsage } from '../usage/analyze.ts';
import { headMovers } from '../usage/commits.ts';
import { neededJobs } from '../usage/order.ts';
import { onlyOwnPullRequests } from '../usage/privilege.ts';
import { runsAny } from '../usage/programs.ts';
import type { Start } from '../usage/starts.ts';
import type { Job, Step } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { holdsWhileOpen } from './shared/pullRequests.ts';
import { isRequestCode } from './shared/requestCode.ts';

/** A label is set once, by somebody who has read what was there then. */
export const prLabelGateSticky: Rule = {
  id: 'pr-label-gate-sticky',
  title: 'A label that lets a pull request be built with rights lets every later push be built too',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      const { usage: file } = context;
      if (!file.workflow.triggers.some(({ event }) => event === 'pull_request_target') && !file.call) return;
      if (!file.sequence.some(({ kind, starts }) => kind === 'build' && starts.some(isPushed))) return;
      for (const { job, step, starts } of placesOfRequestCode(file)) {
        const start = starts.find(isPushed);
        const gates = start ? conditionsBefore(job, step, file) : [];
        if (!start || !gates.every(({ value }) => holdsWhileOpen(value, start, 'synchronize'))) continue;
        if (gates.some(({ value }) => onlyOwnPullRequests(value))) continue;
        for (const gate of gates) checkGate(gate, start, context);
      }
    },
  },
};

/** With the repository's rights, and at each push to the pull request. */
function isPushed({ event, types }: Start): boolean {
  return event === 'pull_request_target' && (types === undefined || types.includes('synchronize'));
}

interface Place {
  readonly job: Job;
  readonly step: Step;
  readonly starts: readonly Start[];
}

/** Where the workflow brings a pull request's files to a machine. */
function placesOfRequestCode(file: WorkflowUsage): readonly Place[] {
  const places: Place[] = [];
  for (const use of file.sequence) if (use.kind === 'checkout' && use.ref && isRequestCode(use.ref.template)) places.push(use);
  for (const script of file.scripts) {
    if (!runsAny(script, headMovers) || !/\bgh pr checkout\b|\bgit fetch\b.*\bpull\//.test(script.step.run?.value ?? '')) continue;
    const of = file.sequence.find(({ job }) => job === script.job);
    if (of) places.push({ job: script.job, step: script.step, starts: of.starts });
  }
  return places;
}

/** The conditions in the file that must hold for a step to run: its own, its job's, and those of the jobs that must have run before. */
function conditionsBefore(job: Job, step: Step, { workflow }: WorkflowUsage): readonly Scalar[] {
  const runsAnyway = /\b(?:always|failure|cancelled)\s*\(/.test(job.if?.value ?? '');
  const needed = runsAnyway ? [] : neededJobs(job, workflow.jobs);
  return [step.if, job.if, ...needed.map(other => other.if)].flatMap(condition => condition ?? []);
}

function checkGate(gate: Scalar, start: Start, context: RuleContext): void {
  const tests = labelTests(gate.value);
  const [first] = tests;
  if (!first) return;
  // With the label the condition must hold at a later push: `!contains(…)` is a label that keeps the job from running.
  const labelled = tests.reduceRight((text, { from, to }) => `${text.slice(0, from)}true${text.slice(to)}`, gate.value);
  if (!holdsWhileOpen(labelled, start, 'synchronize')) return;
  if (isNegated(gate.value, first.from) || takesLabelAway(context.workspace)) return;
  const at = gate.spanOf(first.from, first.to);
  if (isSaidAlready(context, at)) return;
  const label = /,\s*'([^']{1,50})'\s*\)$/.exec(gate.value.slice(first.from, first.to))?.[1];
  context.report({
    at,
    message:
      `${label ? `The label \`${label}\`` : 'The label'} stays on the pull request. Once it is there, every later push (\`synchronize\`) is built as well, ` +
      'with commits that nobody has looked at and with the repository’s token and secrets. Take the label away on `synchronize`, or build on `labeled` alone.',
    related: context.usage.workflow.triggers
      .filter(({ event }) => event === 'pull_request_target')
      .map(({ span }) => ({ span, message: 'Each push to the pull request starts it.' })),
  });
}

interface Test {
  readonly from: number;
  readonly to: number;
}

/** The calls of `contains` in a condition that ask for the pull request's labels. */
function labelTests(condition: string): readonly Test[] {
  const found: Test[] = [];
  for (const { index } of condition.matchAll(/\bcontains\s*\(/g)) {
    const to = closing(condition, condition.indexOf('(', index));
    if (to > index && /\.labels\b/.test(condition.slice(index, to))) found.push({ from: index, to });
  }
  return found;
}

/** Behind the parenthesis that closes the one at `open`; -1 where none does. */
function closing(text: string, open: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = open; at < text.length; at++) {
    const character = text[at];
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === '(') depth++;
    if (character === ')' && --depth === 0) return at + 1;
  }
  return -1;
}

function isNegated(condition: string, at: number): boolean {
  return condition.slice(0, at).trimEnd().endsWith('!');
}

const removal =
  /remove-?_?labels?\b|removeLabel\b|removeAllLabels\b|action-remove-labels|--remove-label|\bDELETE\b[^\n]{0,200}\/labels|\/labels[^\n]{0,200}\bDELETE\b|github\.rest\.issues\.setLabels/i;

/** Whether any workflow of the workspace takes labels off pull requests. */
function takesLabelAway(workspace: Workspace): boolean {
  return workspace.paths().some(path => removal.test(workspace.text(path) ?? ''));
}
