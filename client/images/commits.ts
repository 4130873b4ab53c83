import type { CommitRange } from '../../core/git/history.ts';
import { openRepository } from '../../core/git/repository.ts';
import type { RequestOptions } from '../../core/registry/registry.ts';
import type { BehindAnswer, CommitsBehindAnswer, CommitsBehindParams } from '../../protocol/registries.ts';

/** Commits that are named; the number tells of the others. */
const mostNamed = 5;

/** How far commits are behind branches' heads, in the clone at `folder` (absolute). Trouble is `unknown`. */
export async function commitsBehind(
  folder: string,
  { questions }: CommitsBehindParams,
  options: RequestOptions = {},
): Promise<CommitsBehindAnswer> {
  const clone = await openRepository(folder, options).catch(() => undefined);
  const answers = await Promise.all(
    questions.map(async ({ revision, branch }): Promise<BehindAnswer> => {
      try {
        const head = await clone?.branchHead(branch, options);
        return head === undefined ? { status: 'unknown' } : said(await clone?.commitsBetween(revision, head, options));
      } catch {
        return { status: 'unknown' };
      }
    }),
  );
  return { answers };
}

/** Only what lies on the way to the head counts: a commit of another branch is not behind this one. */
function said(range: CommitRange | undefined): BehindAnswer {
  if (range?.direction === 'same') return { status: 'known', total: 0, commits: [] };
  if (range?.direction !== 'forward') return { status: 'unknown' };
  const commits = range.commits.slice(0, mostNamed).map(({ id, subject, time }) => ({ id, subject, time }));
  return { status: 'known', total: range.total, commits };
}
