import { findProgram } from '../program/find.ts';
import type { RequestOptions } from './history.ts';
import { runGit } from './program.ts';

/** What differs in a folder from the commit where its history and another revision's parted. */
export interface Changes {
  /** The git that said so: its absolute path. */
  readonly git: string;
  /** Full object name of that commit. */
  readonly base: string;
  /** Changed, added, deleted and untracked files below the folder, committed or not; relative to it, with `/`. */
  readonly paths: readonly string[];
}

/** Why nothing can be said of what changed. */
export type Unknown =
  | 'no-git'
  | 'no-repository'
  | 'unknown-revision'
  | 'unknown-revision-shallow'
  | 'no-common-commit'
  | 'no-common-commit-shallow'
  | 'failed';

/**
 * What changed below `folder` (absolute) since its history parted from `revision`: a branch, a tag, a commit, as git understands it.
 * The answer is a word where git cannot tell.
 */
export async function changesSince(folder: string, revision: string, options: RequestOptions = {}): Promise<Changes | Unknown> {
  const git = await findProgram('git', { outside: [folder] });
  if (git === undefined) return 'no-git';
  const ask = (...args: string[]) => runGit(git, folder, args, options);
  const inside = await ask('rev-parse', '--is-shallow-repository');
  if (inside.code !== 0) return 'no-repository';
  const shallow = inside.output.trim() === 'true';
  const named = isRevision(revision) ? await ask('rev-parse', '--verify', '--quiet', `${revision}^{commit}`) : undefined;
  if (named?.code !== 0) return shallow ? 'unknown-revision-shallow' : 'unknown-revision';
  const parted = await ask('merge-base', named.output.trim(), 'HEAD');
  const base = parted.output.trim();
  if (parted.code !== 0 || base === '') return shallow ? 'no-common-commit-shallow' : 'no-common-commit';
  const [tracked, untracked] = await Promise.all([
    ask(
      'diff',
      '--name-only',
      '-z',
      '--no-renames',
      '--no-ext-diff',
      '--no-textconv',
      '--ignore-submodules',
      '--relative',
      base,
      '--',
      '.',
    ),
    ask('ls-files', '--others', '--exclude-standard', '-z', '--', '.'),
  ]);
  if (tracked.code !== 0 || untracked.code !== 0) return 'failed';
  const paths = [tracked, untracked].flatMap(({ output }) => output.split('\0')).filter(path => path !== '');
  return { git, base, paths: [...new Set(paths)].sort() };
}

/** The bytes of a file below `folder` as they were before the change; `undefined` where it was not there. */
export async function fileBefore(
  folder: string,
  { git, base }: Changes,
  path: string,
  options: RequestOptions = {},
): Promise<Uint8Array | undefined> {
  const { code, output } = await runGit(git, folder, ['cat-file', 'blob', `${base}:./${path}`], options, 'latin1');
  return code === 0 ? Buffer.from(output, 'latin1') : undefined;
}

/** What begins with a dash would be an option. */
function isRevision(text: string): boolean {
  return /^[^-\s:][^\s:]*$/.test(text);
}
