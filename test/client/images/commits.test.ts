import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { commitsBehind } from '../../../client/images/commits.ts';
import { stage } from '../../core/git/clone.ts';

/** Another folder of the workspace, which is no clone. */
const elsewhere = tmpdir();
const clone = stage();
const { git, commit } = clone;

async function behind(revision: string, branch: string) {
  const { answers } = await commitsBehind([elsewhere, clone.folder], { questions: [{ revision, branch }] });
  return answers[0];
}

test('commits are counted and named up to the branch as the remote was last seen', async () => {
  git('init', '--quiet');
  const [first, second, third] = [commit('one'), commit('two'), commit('three')];
  expect(await behind(first, 'main')).toMatchObject({
    status: 'known',
    total: 2,
    commits: [{ id: third, subject: 'three' }, { subject: 'two' }],
  });
  expect(await behind(third, 'main')).toEqual({ status: 'known', total: 0, commits: [] });
  git('update-ref', 'refs/remotes/origin/main', second);
  expect(await behind(first, 'main')).toMatchObject({ total: 1, commits: [{ id: second }] });
});

test('what is no ancestor, no branch, no commit or no clone is unknown', async () => {
  expect(await behind('a'.repeat(40), 'main')).toEqual({ status: 'unknown' });
  git('init', '--quiet');
  const base = commit('one');
  git('checkout', '--quiet', '-b', 'other');
  const other = commit('elsewhere');
  git('checkout', '--quiet', 'main');
  commit('two');
  for (const [revision, branch] of [
    [other, 'main'],
    [base, 'gone'],
    [base, '--all'],
    [base, 'main..other'],
    ['f'.repeat(40), 'main'],
    ['main', 'main'],
  ] as const)
    expect(await behind(revision, branch), `${revision} ${branch}`).toEqual({ status: 'unknown' });
});
