import { branchOf } from './branches.ts';
import { isFirst } from './first.ts';
import type { LiveRule } from './rule.ts';
import { asOf, nameOf } from './words.ts';

/** Milliseconds that a build may take before its tag counts as left behind. */
const patience = 3_600_000;
const mostNamed = 3;

/** A tag that stands for a branch should hold what the branch holds. */
export const liveTagStale: LiveRule = {
  id: 'live-tag-stale',
  title: 'A tag is behind the branch that it stands for',
  severity: 'info',
  fixable: false,
  check(use, context) {
    const answer = use.image && context.answers.image(use.image);
    if (answer?.status !== 'found' || answer.revision === undefined || use.role === 'cache' || !isFirst(use, context)) return;
    const branch = branchOf(use, context.workspace);
    const behind = branch === undefined ? undefined : context.answers.behind(answer.revision, branch);
    if (behind?.status !== 'known' || behind.total === 0) return;
    const oldest = behind.commits.at(-1);
    if (!oldest || context.now - Date.parse(oldest.time) < patience) return;
    const { total, commits } = behind;
    const named = commits.slice(0, mostNamed).map(({ id, subject }) => `${id.slice(0, 7)} ${subject}`);
    const rest = total > named.length ? ` and ${total - named.length} more` : '';
    context.report({
      at: use.at,
      message: `\`${nameOf(use)}\` is ${total} ${total === 1 ? 'commit' : 'commits'} behind \`${branch}\` (${asOf(answer.readAt, context.now)}): it was built from ${answer.revision.slice(0, 7)} and is without ${named.join('; ')}${rest}. Look whether the build of the branch failed or did not run.`,
    });
  },
};
