import { findProgram } from '../program/find.ts';
import { printable } from '../text/printable.ts';
import type { Commit, CommitRange, Direction, RequestOptions } from './history.ts';
import { runGit } from './program.ts';

/** A clone, as far as it is asked. */
export interface Repository {
  /** How `to` relates to `from`, both object names (7 to 64 hex characters), and at most 50 of the commits between them. */
  commitsBetween(from: string, to: string, options?: RequestOptions): Promise<CommitRange>;
  /** The commit at a branch's head: as the remote was last seen, else this clone's own branch; `undefined` where there is neither. */
  branchHead(name: string, options?: RequestOptions): Promise<string | undefined>;
  /** The address of the remote `origin`; `undefined` where there is none. It may hold a password. */
  remote(options?: RequestOptions): Promise<string | undefined>;
  /** The commit of an object name (7 to 64 hex characters); `undefined` where this clone does not have it. */
  commit(name: string, options?: RequestOptions): Promise<Commit | undefined>;
}

const mostCommits = 50;
const format = ['--no-ext-diff', '--no-textconv', '--no-color', '-z', '--format=%H%x1f%cI%x1f%an%x1f%s'];
const unknown: CommitRange = { direction: 'unknown', commits: [], total: 0 };

/** The clone that `folder` (absolute) lies in; `undefined` where there is none, or no git outside of the folder. */
export async function openRepository(folder: string, options: RequestOptions = {}): Promise<Repository | undefined> {
  const program = await findProgram('git', { outside: [folder] });
  if (program === undefined) return undefined;
  const git = program;
  const { code, output } = await runGit(git, folder, ['rev-parse', '--is-shallow-repository'], options);
  if (code !== 0) return undefined;
  const shallow = output.trim() !== 'false';

  async function commit(revision: string, asked: RequestOptions): Promise<string | undefined> {
    // It comes from a registry: anything but an object name could be an option or a moving branch.
    if (!/^[0-9a-f]{7,64}$/.test(revision)) return undefined;
    const found = await runGit(git, folder, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], asked);
    return found.code === 0 ? found.output.trim() : undefined;
  }

  async function show(name: string, asked: RequestOptions): Promise<Commit | undefined> {
    const id = await commit(name, asked);
    if (id === undefined) return undefined;
    const listed = await runGit(git, folder, ['log', ...format, '--max-count=1', id, '--'], asked);
    return listed.code === 0 ? listed.output.split('\0').flatMap(parseCommit)[0] : undefined;
  }

  async function isAncestor(a: string, b: string, asked: RequestOptions): Promise<boolean | undefined> {
    const found = await runGit(git, folder, ['merge-base', '--is-ancestor', a, b], asked);
    return found.code === 0 ? true : found.code === 1 ? false : undefined;
  }

  async function log(gained: string, without: string, asked: RequestOptions): Promise<Pick<CommitRange, 'commits' | 'total'> | undefined> {
    const range = [gained, `^${without}`, '--'];
    const count = await runGit(git, folder, ['rev-list', '--count', ...range], asked);
    const listed = await runGit(git, folder, ['log', ...format, `--max-count=${mostCommits}`, ...range], asked);
    if (count.code !== 0 || listed.code !== 0) return undefined;
    return { commits: listed.output.split('\0').flatMap(parseCommit), total: Number(count.output.trim()) };
  }

  return {
    commit: (name, asked = {}) => show(name, asked),

    async commitsBetween(from, to, asked = {}) {
      const [a, b] = await Promise.all([commit(from, asked), commit(to, asked)]);
      if (a === undefined || b === undefined) return unknown;
      if (a === b) return { ...unknown, direction: 'same' };
      const [forward, backward] = await Promise.all([isAncestor(a, b, asked), isAncestor(b, a, asked)]);
      // A shallow clone does not know the ancestors that were cut off.
      if (forward === undefined || backward === undefined || (shallow && !forward && !backward)) return unknown;
      const direction: Direction = forward ? 'forward' : backward ? 'backward' : 'diverged';
      const found = await (backward ? log(a, b, asked) : log(b, a, asked));
      return found ? { direction, ...found } : unknown;
    },

    async remote(asked = {}) {
      const found = await runGit(git, folder, ['remote', 'get-url', '--', 'origin'], asked);
      const address = found.output.trim();
      return found.code === 0 && address !== '' ? address : undefined;
    },

    async branchHead(name, asked = {}) {
      if (!isBranch(name)) return undefined;
      for (const place of ['refs/remotes/origin/', 'refs/heads/']) {
        const found = await runGit(git, folder, ['rev-parse', '--verify', '--quiet', `${place}${name}^{commit}`], asked);
        if (found.code === 0) return found.output.trim();
      }
      return undefined;
    },
  };
}

/** A plain name: nothing in it means anything to `rev-parse`. */
function isBranch(name: string): boolean {
  return name.length <= 256 && /^[A-Za-z0-9][\w./-]*$/.test(name) && !/\.\.|\/\/|\.lock$|\/$/.test(name);
}

function parseCommit(line: string): readonly Commit[] {
  const [id = '', time = '', author = '', ...subject] = line.trim().split('\x1f');
  return /^[0-9a-f]{40,64}$/.test(id) ? [{ id, time, author: printable(author), subject: printable(subject.join(' ')) }] : [];
}
