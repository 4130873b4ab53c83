import { match } from '../image/match.ts';
import { display, literal } from '../image/template.ts';
import type { ShellCommand } from '../shell/command.ts';
import { ofKind } from '../usage/order.ts';
import type { Usage } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import type { Copy } from './shared/copies.ts';
import { isAfterwards, jobsFrom, promotionsOf } from './shared/promotionMoves.ts';

/** A registry that takes a manifest has not said what the tag names now. */
export const promoteNotReadBack: Rule = {
  id: 'promote-not-read-back',
  title: 'After a promotion nothing looks at what the tag names now',
  severity: 'info',
  fixable: false,
  visit: {
    file(context) {
      for (const { moves } of promotionsOf(context)) {
        // One look at the end shows that somebody thought of it.
        if (moves.every(move => !isReadBack(move, context))) report(moves, context);
      }
    },
  },
};

function report([first, ...others]: readonly [Copy, ...Copy[]], context: RuleContext): void {
  const last = others.at(-1) ?? first;
  const at = last.usage.within ? last.at : last.write.item.span;
  if (isSaidAlready(context, at)) return;
  const tag = last.write.parts.tag ? display(last.write.parts.tag.value) : 'latest';
  context.report({
    at,
    message: `The run is green as soon as the registry has taken the manifest. Whether \`${tag}\` names it then, or another run or person has moved it meanwhile, nobody looks. Ask for the digest of \`${tag}\` afterwards, and fail where it is not the one that was meant.`,
  });
}

function isReadBack(move: Copy, context: RuleContext): boolean {
  const { usage: file } = context;
  if (looks.some(kind => ofKind(file.sequence, kind).some(other => reads(other, move) && isAfterwards(other, move.usage, context))))
    return true;
  const jobs = jobsFrom(move.usage.job, context);
  const { job, step } = move.usage;
  const later = file.scripts.filter(script => jobs.has(script.job) && (script.job !== job || script.step.index >= step.index));
  if (later.some(({ commands }) => commands.some(mayCheck))) return true;
  // The registry's own interface, and scripts in other languages.
  return file.workflow.jobs.some(
    job =>
      jobs.has(job) &&
      job.steps.some(({ run, uses }) => /\/manifests\//.test(run?.value ?? '') || /github-script@/.test(uses?.value ?? '')),
  );
}

/** A function or program that nobody knows and whose name says that it looks. */
function mayCheck({ words }: ShellCommand): boolean {
  return /(?:check|verify|confirm|assert|await|read.?back|inspect)/i.test(literal(words[0]?.template ?? []) ?? '');
}

/** What may look at a tag; nobody knows what an opaque step does. */
const looks = ['opaque', 'inspect', 'pull', 'verify'] as const;

function reads(other: Extract<Usage, { kind: (typeof looks)[number] }>, { write }: Copy): boolean {
  if (other.kind === 'opaque') return true;
  return match(other.reference.template, write.reference, 'run') !== 'never';
}
