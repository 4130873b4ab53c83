import { display, literal } from '../image/template.ts';
import { neededJobs } from '../usage/order.ts';
import type { Input, Job } from '../workflow/model.ts';
import type { Rule, RuleContext } from './rule.ts';
import { inputsIn } from './shared/concurrencyGroup.ts';
import { type Act, actsOf } from './shared/promotionActs.ts';
import type { Pushed } from './shared/pushed.ts';

/** The button stands beside the one for staging, and what it does reaches customers. */
export const promoteUnconfirmed: Rule = {
  id: 'promote-unconfirmed',
  title: 'One click promotes to production',
  severity: 'info',
  fixable: false,
  visit: {
    file(context) {
      const { workflow, call } = context.usage;
      if (call || !workflow.triggers.some(({ event }) => event === 'workflow_dispatch')) return;
      for (const act of actsOf(context)) check(act, context);
    },
  },
};

function check(act: Act, context: RuleContext): void {
  const { usage } = context;
  const place = act.promotes ? production(act, context) : undefined;
  if (!place) return;
  const jobs = [act.job, ...neededJobs(act.job, usage.workflow.jobs)];
  if ([...jobs, act.usage.calledJob].some(job => job && isHeldBack(job))) return;
  const asked = confirmations(context);
  if (asked.some(input => jobs.some(job => isLookedAt(input, job, act, context)))) return;
  const [unread] = asked;
  const never = unread ? ` \`${unread.name}\` is asked for, and nothing looks at it before.` : '';
  context.report({
    at: act.job.id.span,
    message: `Whoever may start this workflow ${place} with one click, on the wrong branch or with the wrong value just as well.${never} Give the job an \`environment:\` with reviewers, or let people type what they mean and compare that first.`,
    ...(unread && { related: [{ span: unread.span, message: 'This is asked for.' }] }),
  });
}

const productive = /(?:^|[^a-z])(?:prod|prd|production|live)(?![a-z])/i;

/** What it does there, in words, where that is production. */
function production({ job, moves, usage }: Act, context: RuleContext): string | undefined {
  const { workflow } = context.usage;
  const tag = moves.map(move => productionTag(move, context)).find(found => found !== undefined);
  if (tag) return `moves \`${tag}\``;
  const names = [job.id.value, job.name?.value, usage.kind === 'deploy' ? usage.target : undefined];
  const whole = [workflow.name?.value, workflow.path.slice(workflow.path.lastIndexOf('/') + 1)];
  return [...names, ...whole].some(name => name !== undefined && productive.test(name)) ? 'changes what runs in production' : undefined;
}

/** The tag that it moves, or may move, where that stands for production. */
function productionTag({ forms }: Pushed, { workspace, usage }: RuleContext): string | undefined {
  for (const { parts } of forms) {
    const tag = parts.tag ? display(parts.tag.value) : 'latest';
    const place = workspace.policy.environmentOf(display(parts.name), tag);
    if (productive.test(literal(parts.tag?.value ?? []) ?? '') || (place && productive.test(`${place.name} ${place.tag}`))) return tag;
    const names = inputsIn(tag);
    const chosen = [...usage.workflow.inputs.values()].filter(({ name }) => names.includes(name.toLowerCase()));
    const option = chosen.flatMap(({ options }) => options).find(one => productive.test(one));
    if (option) return option;
  }
  return undefined;
}

/** A deployment environment may have reviewers; a condition on who it is or what was typed, or a step that waits for approval, asks too. */
function isHeldBack({ environment, if: condition, steps }: Job): boolean {
  if (environment && environment.value.trim() !== '') return true;
  if (/github\.(?:actor|triggering_actor)\b/.test(condition?.value ?? '')) return true;
  return steps.some(({ uses }) => /approv|confirm/i.test(uses?.value ?? ''));
}

/** Inputs that people fill to say that they mean it. */
function confirmations({ usage: { workflow } }: RuleContext): readonly Input[] {
  return [...workflow.inputs.values()].filter(({ name }) => /confirm|approv|sure|understand|really|acknowledge|^ok$/i.test(name));
}

/** Whether a condition, or a step before the move or at it, reads the input. */
function isLookedAt({ name }: Input, job: Job, act: Act, { text, usage }: RuleContext): boolean {
  const reads = (source: string | undefined) => source !== undefined && inputsIn(source).includes(name.toLowerCase());
  if (reads(job.if?.value)) return true;
  // From the environment of the whole the name is another.
  const everywhere = [usage.workflow.env, job.env].some(env => env && reads(text.slice(env.span.start, env.span.end)));
  if (everywhere) return true;
  return job.steps.some(({ span, index }) => (job !== act.job || index <= act.usage.step.index) && reads(text.slice(span.start, span.end)));
}
