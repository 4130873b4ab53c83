import { execFileSync } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

export interface Clone {
  readonly folder: string;
  /** Runs git in the folder, as Ada, and answers what it prints. */
  git(...args: readonly string[]): string;
  /** An empty commit, by its SHA. */
  commit(subject: string): string;
}

/** An empty folder for each test, which becomes a clone with `git('init')`. */
export function stage(): Clone {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'tallyman-git-')));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  function git(...args: readonly string[]): string {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'init.defaultBranch=main'];
    return execFileSync('git', [...identity, '-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  }
  return {
    get folder() {
      return folder;
    },
    git,
    commit(subject) {
      git('commit', '--allow-empty', '--quiet', '-m', subject);
      return git('rev-parse', 'HEAD');
    },
  };
}
