import { display } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import type { Usage } from '../usage/usage.ts';
import type { Job } from '../workflow/model.ts';
import { tagWrites } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { jobsFrom, type Promotion, promotionsOf } from './shared/promotionMoves.ts';
import { formMobility } from './shared/pushed.ts';

/** A registry does not remember what a tag named before. */
export const promoteNoTrail: Rule = {
  id: 'promote-no-trail',
  title: 'A promotion leaves no record of what moved from where to where',
  severity: 'hint',
  fixable: false,
  visit: {
    file(context) {
      for (const promotion of promotionsOf(context)) if (!leavesTrail(promotion, context)) report(promotion, context);
    },
  },
};

function report({ moves: [move] }: Promotion, context: RuleContext): void {
  const at = move.usage.within ? move.at : move.write.item.span;
  if (isSaidAlready(context, at)) return;
  const tag = move.write.parts.tag ? display(move.write.parts.tag.value) : 'latest';
  context.report({
    at,
    message: `The registry forgets what \`${tag}\` named before, and nothing here writes it down: when the new image fails, nobody knows which one to go back to, or since when this one runs. Leave a tag that stays (\`${tag}-20261114-1a2b3c4\`), a release or a deployment, or write both digests to the job’s summary.`,
  });
}

/** A tag that stays, a release, a deployment, a commit or a summary of the job, or of one that comes after it; or something that nobody understands. */
function leavesTrail({ job }: Promotion, context: RuleContext): boolean {
  const { usage: file } = context;
  const own = trails.get(file) ?? trailsOf(context);
  trails.set(file, own);
  return own.size > 0 && [...jobsFrom(job, context)].some(one => own.has(one));
}

const trails = new WeakMap<WorkflowUsage, ReadonlySet<Job>>();

/** The jobs of a file that leave one by themselves. */
function trailsOf(context: RuleContext): ReadonlySet<Job> {
  const { workflow, scripts, sequence } = context.usage;
  return new Set([
    ...workflow.jobs.filter(recordsRelease),
    ...scripts.filter(({ writes }) => writes.some(({ sink }) => sink === 'summary')).map(({ job }) => job),
    ...sequence.filter(usage => usage.kind === 'opaque' || writesStaying(usage, context)).map(({ job }) => job),
  ]);
}

const records =
  /\bgh\s+release\s+(?:create|edit|upload)\b|\/deployments\b|\/releases\b|\bgit\s+(?:-\S+\s+\S+\s+)?(?:push|commit)\b|GITHUB_STEP_SUMMARY|\bgh\s+(?:issue|pr)\s+(?:create|comment)\b/;
const recorders =
  /^(?:softprops\/action-gh-release|ncipollo\/release-action|actions\/(?:create-release|github-script|upload-artifact)|chrnorm\/|bobheadxi\/deployments|stefanzweifel\/git-auto-commit-action|ad-m\/github-push-action|peter-evans\/|actions\/attest)/i;

function recordsRelease({ environment, steps }: Job): boolean {
  return environment !== undefined || steps.some(({ run, uses }) => records.test(run?.value ?? '') || recorders.test(uses?.value ?? ''));
}

function writesStaying(usage: Usage, { path, usage: file }: RuleContext): boolean {
  if (usage.kind !== 'retag' && usage.kind !== 'push') return false;
  return tagWrites(path, usage, file).some(write => usage.starts.some(start => formMobility(write, start) === 'immutable'));
}
