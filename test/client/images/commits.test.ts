import { execFileSync } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitsBehind } from '../../../client/images/commits.ts';

/** Another folder of the workspace, which is no clone. */
const elsewhere = tmpdir();
let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tallyman-behind-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...identity, '-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

function commit(subject: string): string {
  git('commit', '--allow-empty', '--quiet', '-m', subject);
  return git('rev-parse', 'HEAD');
}

async function behind(revision: string, branch: string) {
  const { answers } = await commitsBehind([elsewhere, folder], { questions: [{ revision, branch }] });
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
