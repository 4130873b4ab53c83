import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRepository } from '../../../core/git/repository.ts';
import { findProgram } from '../../../core/program/find.ts';
import { stage } from './clone.ts';

const clone = stage();
const { git, commit } = clone;

async function between(from: string, to: string) {
  const repository = await openRepository(clone.folder);
  if (!repository) throw new Error('no clone');
  return repository.commitsBetween(from, to);
}

describe('commits between two revisions', () => {
  test('forward, backward, the same', async () => {
    git('init', '--quiet');
    const [first, second, third] = [commit('one'), commit('two'), commit('three')];
    const forward = await between(first ?? '', third ?? '');
    expect(forward).toMatchObject({ direction: 'forward', total: 2 });
    expect(forward.commits.map(({ id, subject, author }) => [id, subject, author])).toEqual([
      [third, 'three', 'Ada'],
      [second, 'two', 'Ada'],
    ]);
    expect(await between(third ?? '', second ?? '')).toMatchObject({ direction: 'backward', total: 1, commits: [{ subject: 'three' }] });
    expect(await between(first ?? '', (first ?? '').slice(0, 7))).toEqual({ direction: 'same', commits: [], total: 0 });
  });

  test('branches that parted', async () => {
    git('init', '--quiet');
    commit('base');
    git('checkout', '--quiet', '-b', 'side');
    const side = commit('side');
    git('checkout', '--quiet', 'main');
    const main = commit('main');
    expect(await between(side, main)).toMatchObject({ direction: 'diverged', total: 1, commits: [{ subject: 'main' }] });
  });

  test('a revision that is not in this clone, or no revision at all, is unknown', async () => {
    git('init', '--quiet');
    const head = commit('one');
    for (const revision of ['f'.repeat(40), 'main', 'HEAD', '--output=x', '', 'v1.0.0']) {
      expect(await between(head, revision)).toEqual({ direction: 'unknown', commits: [], total: 0 });
    }
    expect(await readdir(clone.folder)).toEqual(['.git']);
  });

  test('a shallow clone does not claim that branches parted', async () => {
    git('init', '--quiet');
    const first = commit('one');
    const second = commit('two');
    await writeFile(join(clone.folder, '.git', 'shallow'), `${first}\n${second}\n`);
    expect((await between(first, second)).direction).toBe('unknown');
  });

  test('subjects are printable, and many commits are counted but not all listed', async () => {
    git('init', '--quiet');
    const first = commit('one');
    commit('red \u001b[31mtext\u202e');
    for (let count = 0; count < 60; count++) commit(`number ${count}`);
    const range = await between(first, git('rev-parse', 'HEAD'));
    expect(range).toMatchObject({ direction: 'forward', total: 61 });
    expect(range.commits).toHaveLength(50);
    expect((await between(first, git('rev-parse', 'HEAD~60'))).commits[0]?.subject).toBe('red [31mtext');
  });

  test('a clone.folder that is no clone has no history', async () => {
    expect(await openRepository(clone.folder)).toBeUndefined();
  });
});

describe('a clone that would run programs', () => {
  test('does not get to', async () => {
    git('init', '--quiet');
    const first = commit('one');
    const second = commit('two');
    const trap = join(clone.folder, 'trap.sh');
    await writeFile(trap, `#!/bin/sh\ntouch ${join(clone.folder, 'sprung')}\n`);
    await chmod(trap, 0o755);
    await mkdir(join(clone.folder, 'hooks'));
    for (const [key, value] of [
      ['core.fsmonitor', trap],
      ['core.pager', trap],
      ['gpg.program', trap],
      ['log.showSignature', 'true'],
      ['diff.external', trap],
      ['core.hooksPath', join(clone.folder, 'hooks')],
      ['core.sshCommand', trap],
    ] as const) {
      git('config', key, value);
    }
    expect((await between(first, second)).direction).toBe('forward');
    expect(await readdir(clone.folder)).not.toContain('sprung');
  });

  test('its own git is not taken, wherever the PATH leads first', async () => {
    const bin = join(clone.folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'git'), '#!/bin/sh\n');
    await chmod(join(bin, 'git'), 0o755);
    const path = [bin, '.', 'bin', ...(process.env['PATH'] ?? '').split(delimiter)].join(delimiter);
    const found = await findProgram('git', { outside: [clone.folder], environment: { PATH: path } });
    expect(found).toBeDefined();
    expect(found?.startsWith(clone.folder)).toBe(false);
    expect(await findProgram('git', { outside: [clone.folder], environment: { PATH: bin } })).toBeUndefined();
  });
});

test('the address of the remote, and none where there is none', async () => {
  git('init', '--quiet');
  const repository = await openRepository(clone.folder);
  expect(await repository?.remote()).toBeUndefined();
  git('remote', 'add', 'origin', 'git@github.com:acme/shop.git');
  expect(await repository?.remote()).toBe('git@github.com:acme/shop.git');
});
