import type { CommitRange } from '../../core/git/history.ts';
import { openRepository } from '../../core/git/repository.ts';
import type { RequestOptions } from '../../core/registry/registry.ts';
import type { BehindAnswer, CommitsBehindAnswer, CommitsBehindParams } from '../../protocol/registries.ts';

/** Commits that are named; the number tells of the others. */
const mostNamed = 5;

/**
 * How far commits are behind branches' heads, in the first of the clones at `folders` (absolute) that has the commit: what is deployed
 * from one folder may be built in another. Trouble is `unknown`.
 */
export async function commitsBehind(
  folders: readonly string[],
  { questions }: Pick<CommitsBehindParams, 'questions'>,
  options: RequestOptions = {},
): Promise<CommitsBehindAnswer> {
  const opened = await Promise.all(folders.map(folder => openRepository(folder, options).catch(() => undefined)));
  const clones = opened.filter(clone => clone !== undefined);
  const answers = await Promise.all(
    questions.map(async ({ revision, branch }): Promise<BehindAnswer> => {
      for (const clone of clones) {
        try {
          const head = await clone.branchHead(branch, options);
          const answer = head === undefined ? undefined : said(await clone.commitsBetween(revision, head, options));
          if (answer?.status === 'known') return answer;
        } catch {
          // The next one may have it.
        }
      }
      return { status: 'unknown' };
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
