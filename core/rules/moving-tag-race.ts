import { literal } from '../image/template.ts';
import { callerEvent } from '../usage/events.ts';
import type { Start } from '../usage/starts.ts';
import type { Concurrency, Job, Workflow } from '../workflow/model.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import type { Problem, Rule, RuleContext } from './rule.ts';
import { isMirror } from './shared/promotedCopies.ts';
import { isProtected, otherWriters, readerOf, tagName } from './shared/protectedTag.ts';
import { formMobility, type Pushed, pushedBy, pushedMobility } from './shared/pushed.ts';
import { concurrencyOf, concurrencyOfWrite, givesWay, serialise, serialises } from './shared/serialised.ts';

/** Two runs of one job end in any order: the older one may be the last to move a tag. */
export const movingTagRace: Rule = {
  id: 'moving-tag-race',
  title: 'Nothing keeps an older run from moving a tag after a newer one',
  severity: 'info',
  fixable: true,
  visit: {
    file(context) {
      // What callers start is serialised by them, and said of them.
      if (!startsItself(context.usage.workflow)) return;
      const jobs = new Map<Job, Pushed[]>();
      for (const pushed of pushedBy(context.usage)) {
        if (isMirror(pushed.usage, context.usage)) continue;
        if (!pushed.starts.some(start => isRace(start) && pushedMobility(pushed, start) === 'moving')) continue;
        const before = jobs.get(pushed.usage.job);
        if (before) before.push(pushed);
        else jobs.set(pushed.usage.job, [pushed]);
      }
      for (const [job, moves] of jobs) checkJob(job, moves, context);
    },
  },
};

function startsItself({ kind, triggers }: Workflow): boolean {
  return kind === 'workflow' && triggers.some(({ event }) => event !== callerEvent);
}

/** Runs that follow each other as people push to a branch. */
function isRace({ event, on }: Start): boolean {
  return on === 'branch' && (event === 'push' || event === 'workflow_run');
}

/** More tags of one job than anybody writes by hand are not looked up one by one. */
const maxMoves = 200;

function checkJob(job: Job, moves: readonly Pushed[], context: RuleContext): void {
  if (givesWay(job, context.text, context.usage.workflow)) return;
  const racing = moves.slice(0, maxMoves);
  const open = racing.filter(({ usage }) => !concurrencyOf(usage, context).some(serialises));
  const [first] = open.length > 0 ? [mostWanted(open, context)] : [];
  if (first) {
    const reader = readerOf(first, context);
    const rival = rivalOf(first, context);
    const fix =
      rival || job.concurrency ? undefined : serialise(job, `\${{ github.workflow }}-${job.id.value}-\${{ github.ref }}`, context.text);
    context.report({
      at: job.id.span,
      severity: isProtected(first, context) ? 'warning' : 'info',
      message: `Two runs of this job may be under way at once. Where the older one ends last, it takes ${tagName(first)} back to its own, older image.${reader ? ' The tag is used elsewhere in this workspace.' : ''}`,
      related: [...places(first, context), ...(reader ? [{ path: reader.path, span: reader.item.span, message: 'It is read here.' }] : [])],
      ...(fix && { fix }),
    });
    return;
  }
  const rivalled = racing.map(move => ({ move, rival: rivalOf(move, context) })).find(({ rival }) => rival);
  if (!rivalled?.rival) return;
  const { move, rival } = rivalled;
  context.report({
    at: job.concurrency?.group?.span ?? job.id.span,
    severity: isProtected(move, context) ? 'warning' : 'info',
    message: `${tagName(move)} is moved by another workflow too, in another concurrency group: the two do not wait for each other, and whichever ends last decides what it is.`,
    related: [{ path: rival.path, span: rival.item.span, message: 'It is moved here as well.' }],
  });
}

function places({ item, usage }: Pushed, { path }: RuleContext): NonNullable<Problem['related']> {
  const place = usage.within ?? { path, span: item.span };
  return [{ ...place, message: 'The tag is moved here.' }];
}

/** The first tag that something reads or that is protected, else one that is written out, else the first. */
function mostWanted(moves: readonly Pushed[], context: RuleContext): Pushed | undefined {
  const isPlain = ({ forms }: Pushed) => forms.every(({ parts }) => literal(parts.tag?.value ?? []) !== undefined);
  return moves.find(move => isProtected(move, context)) ?? moves.find(isPlain) ?? moves[0];
}

/** A job of another workflow that moves the same tag as people push, in another concurrency group. */
function rivalOf(move: Pushed, context: RuleContext): TagWrite | undefined {
  const own = groups(concurrencyOf(move.usage, context));
  return otherWriters(move, context).find(other => {
    if (!other.usage.starts.some(start => isRace(start) && formMobility(other, start) === 'moving')) return false;
    const file = context.workspace.usage(other.path);
    if (!file || !(other.call || startsItself(file.workflow))) return false;
    return !groups(concurrencyOfWrite(other, file.workflow)).some(group => own.includes(group) && !/github\.workflow\b/.test(group));
  });
}

function groups(all: readonly Concurrency[]): readonly string[] {
  return all.flatMap(({ group }) => (group ? [group.value.replaceAll(/\s+/g, '')] : []));
}
