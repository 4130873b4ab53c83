import { type HolePart, holes, literal } from '../image/template.ts';
import { callerEvent } from '../usage/events.ts';
import type { Usage } from '../usage/usage.ts';
import type { Concurrency } from '../workflow/model.ts';
import type { Problem, Rule, RuleContext } from './rule.ts';
import { inputsIn } from './shared/concurrencyGroup.ts';
import { callsItselfPromotion, isByHand } from './shared/promotion.ts';
import { type Act, actsOf } from './shared/promotionActs.ts';
import { neighbourOf, rivalDeployment, rivalOf, writerBeside } from './shared/promotionRivals.ts';
import { isProtected, tagName } from './shared/protectedTag.ts';
import type { Pushed } from './shared/pushed.ts';
import { concurrencyOf, givesWay, serialise, serialises } from './shared/serialised.ts';

/** Two people start a promotion and a rollback, or one of them twice: what ends last stays. */
export const promoteUnserialized: Rule = {
  id: 'promote-unserialized',
  title: 'Nothing keeps two promotions or rollbacks of one tag apart',
  severity: 'warning',
  fixable: true,
  visit: {
    file(context) {
      // What is called from the workspace is said of its caller.
      if (context.usage.call || context.usage.workflow.kind !== 'workflow') return;
      for (const act of actsOf(context)) check(act, context);
    },
  },
};

function check(act: Act, context: RuleContext): void {
  if (givesWay(act.job, context.text, context.usage.workflow)) return;
  const waiting = concurrencyOf(act.usage, context).filter(serialises);
  if (waiting.length > 0) checkGroup(act, waiting, context);
  else if (!isSaidInCallee(act.usage, context)) reportOpen(act, context);
}

/** A called workflow that people start themselves too is told in its own file, where one group mends both. */
function isSaidInCallee({ within, calledJob }: Usage, { workspace }: RuleContext): boolean {
  const callee = within && calledJob && workspace.usage(within.path)?.workflow;
  return callee?.triggers.some(({ event }) => event === 'workflow_dispatch' || event === 'repository_dispatch') === true;
}

function reportOpen(act: Act, context: RuleContext): void {
  const { job, moves, promotes, usage } = act;
  const first = mostWanted(moves, context);
  const rival = first && writerBeside(first, context);
  const neighbour = rival ? undefined : neighbourOf(job, context);
  const isCalled = usage.starts.filter(isByHand).every(({ event }) => event === callerEvent);
  const both = isCalled
    ? 'Two calls of this workflow may be under way at once, unless each caller sees to it'
    : 'Two runs of this job may be under way at once';
  const harm = promotes ? 'a rollback may be undone by the promotion that it answers' : 'an older release may take it back';
  const isCallable = context.usage.workflow.triggers.some(({ event }) => event === callerEvent);
  const fix = isCallable || usage.calledJob ? undefined : fixOf(act, rival ?? neighbour, context);
  const at = placeOf(act, first, context);
  context.report({
    at,
    severity: !isCalled && (promotes || rival || (first && isProtected(first, context))) ? 'warning' : 'info',
    message: `${both}: ${lastWord(act, first)}, and ${harm}.`,
    related: [
      ...(first && at !== first.item.span
        ? [{ ...(first.usage.within ?? { span: first.item.span }), message: 'The tag is moved here.' }]
        : []),
      ...(rival ? [{ ...rival.write.place, message: 'It is moved here as well.' }] : []),
      ...(neighbour
        ? [
            {
              path: neighbour.path,
              span: neighbour.span,
              message: 'Another job for this environment is in a group, which this one does not wait for.',
            },
          ]
        : []),
    ],
    ...(fix && { fix }),
  });
}

function lastWord({ job }: Act, move: Pushed | undefined): string {
  if (!move) return `the one that ends last has the last word${job.environment ? ` in \`${job.environment.value}\`` : ''}`;
  return isFixed(move)
    ? `the one that ends last decides what ${tagName(move)} is`
    : 'where they move the same tag, the one that ends last decides what it is';
}

/** One tag that is written out. */
function isFixed({ forms }: Pushed): boolean {
  const tags = forms.map(({ parts }) => literal(parts.tag?.value ?? []));
  return tags[0] !== undefined && new Set(tags).size === 1;
}

/** The job where the whole of it is a promotion; else the place where the tag is moved. */
function placeOf({ job }: Act, first: Pushed | undefined, { usage: file }: RuleContext): Problem['at'] {
  return first && !first.usage.within && !callsItselfPromotion(file, job) ? first.item.span : job.id.span;
}

/** The first tag that is protected, else one that is written out, else the first. */
function mostWanted(moves: readonly Pushed[], context: RuleContext): Pushed | undefined {
  return moves.find(move => isProtected(move, context)) ?? moves.find(isFixed) ?? moves[0];
}

/** A group for what the job moves: that of the others where it is written out; none where nobody can tell what it should be. */
function fixOf({ job, moves }: Act, beside: { readonly group?: string } | undefined, context: RuleContext): Problem['fix'] | undefined {
  // What is chosen among several would wait for each other, and GitHub keeps only one that waits.
  if (moves.some(({ forms }) => forms.length > 1)) return undefined;
  if (beside) return beside.group && /^[\w.-]+$/.test(beside.group) ? serialise(job, beside.group, context.text) : undefined;
  const targets = moves.flatMap(({ forms }) => forms.flatMap(({ reference }) => holes(reference))).filter(hole => !isStanding(hole));
  if (targets.some(({ source }) => !/^(?:github\.event\.)?inputs\.[\w-]+$/.test(source))) return undefined;
  const parts = targets.map(({ source }) => `\${{ ${source} }}`);
  if (job.environment?.value.includes('${{')) parts.push(job.environment.value);
  return serialise(job, ['${{ github.workflow }}', job.id.value, ...new Set(parts)].join('-'), context.text);
}

/** The same in all runs. */
function isStanding({ source }: HolePart): boolean {
  return /^(?:secrets|vars|github\.repository\w*)(?:\.|$)|^steps\.[\w-]+\.outputs\.registry$/.test(source);
}

/** Looks whether runs that move one tag are in one group. */
function checkGroup(act: Act, waiting: readonly Concurrency[], context: RuleContext): void {
  const [group] = waiting.flatMap(({ group: own }) => own ?? []);
  if (!group || group.span.end > context.text.length || !isOwn(waiting, act, context)) return;
  const problem = groupProblem(act, waiting, context);
  if (problem) context.report({ at: group.span, ...problem });
}

function groupProblem(act: Act, waiting: readonly Concurrency[], context: RuleContext): Pick<Problem, 'message' | 'related'> | undefined {
  const first = mostWanted(act.moves, context);
  if (!first) return deploymentProblem(act, waiting, context);
  const foreign = sourceInput(act, waiting);
  if (foreign) {
    const message = `The group is another for each \`${foreign}\`, but ${tagName(first)} is the same: two runs for it do not wait for each other, and the one that ends last decides what it is.`;
    return { message };
  }
  const ref = chosenRef(act, waiting);
  if (ref) {
    const message = `Started by hand, a run is for \`${ref}\`, but its group is that of the branch it was started on: it does not wait for the run that the git tag starts, and the one that ends last decides what ${tagName(first)} is.`;
    return { message };
  }
  const rival = rivalOf(act, waiting, context);
  if (!rival) return undefined;
  const message = `${tagName(rival.move)} is moved by another workflow too, in another concurrency group: the two do not wait for each other, and whichever ends last decides what it is.`;
  return { message, related: [{ ...rival.write.place, message: 'It is moved here as well.' }] };
}

function deploymentProblem(
  act: Act,
  waiting: readonly Concurrency[],
  context: RuleContext,
): Pick<Problem, 'message' | 'related'> | undefined {
  const rival = rivalDeployment(act, waiting, context);
  if (!rival) return undefined;
  const message = `Another workflow deploys the image to \`${act.job.environment?.value}\` too, in another concurrency group: the two do not wait for each other, and whichever ends last decides what runs there.`;
  return { message, related: [{ ...rival.place, message: 'It is deployed here as well.' }] };
}

/** Written in the file that is checked. */
function isOwn([first]: readonly Concurrency[], { job }: Act, { usage }: RuleContext): boolean {
  return first === job.concurrency || first === usage.workflow.concurrency;
}

/** An input by which every group differs, though it only says which image is given a name that is fixed. */
function sourceInput({ moves, job }: Act, waiting: readonly Concurrency[]): string | undefined {
  const fixed = moves.find(move =>
    move.forms.every(({ parts, reference }) => literal(parts.tag?.value ?? []) !== undefined && holes(reference).every(isStanding)),
  );
  if (fixed?.usage.kind !== 'retag') return undefined;
  const from = new Set(holes(fixed.usage.from.template).flatMap(({ source }) => inputsIn(source)));
  const target = new Set(inputsIn(job.environment?.value ?? ''));
  const found = waiting.map(({ group }) => inputsIn(group?.value ?? '').find(name => from.has(name) && !target.has(name)));
  return found.every(name => name !== undefined) && found[0] ? `inputs.${found[0]}` : undefined;
}

/** The input that says which commit or git tag a run by hand is for, where runs by git tags are in the groups of their own refs. */
function chosenRef({ job, moves }: Act, waiting: readonly Concurrency[]): string | undefined {
  const byTag = moves.some(({ starts }) => starts.some(({ on, event }) => on === 'tag' && (event === 'push' || event === 'release')));
  if (!byTag || !waiting.every(({ group }) => /\bgithub\.ref(?:_name)?\b/.test(group?.value ?? ''))) return undefined;
  for (const { with: given, uses } of job.steps) {
    const ref = /^actions\/checkout@/i.test(uses?.value ?? '') ? given?.entries.get('ref')?.value.value : undefined;
    const [name] = inputsIn(ref ?? '');
    if (name && waiting.every(({ group }) => !inputsIn(group?.value ?? '').includes(name))) return `inputs.${name}`;
  }
  return undefined;
}
