import { access, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Changes } from '../core/git/changes.ts';
import { direct, diskTree } from '../core/workspace/disk.ts';
import { type Ignores, ignoreFile, isIgnored } from '../core/workspace/ignoreFile.ts';
import { fileKind, isLifecyclePath } from '../core/workspace/paths.ts';
import { search } from '../core/workspace/search.ts';

/** A folder whose workflows are understood together, and which of its files are to be reported. */
export interface Group {
  /** Absolute. */
  readonly root: string;
  /** Relative to the root, with `/`; they may begin with `..` only on Windows drives, never otherwise. */
  readonly files: readonly string[];
  /** Only what bears on these changes is to be reported. */
  readonly changed?: Changes;
}

export interface Discovery {
  readonly groups: readonly Group[];
  /** Paths as they were named, with a sentence why they cannot be read. */
  readonly unreadable: readonly string[];
  /** Named folders that hold no YAML at all. */
  readonly empty: readonly string[];
}

/**
 * What `check` reads for these arguments: a file always; a folder is searched for workflow and action files and, where it holds
 * none, for every YAML file; no argument is the repository's root.
 */
export async function discover(paths: readonly string[], cwd: string): Promise<Discovery> {
  const unreadable: string[] = [];
  const empty: string[] = [];
  const files = new Map<string, string>();
  for (const named of paths.length > 0 ? paths : [await repositoryRoot(cwd)]) {
    const path = resolve(cwd, named);
    const what = await stat(path).catch((error: NodeJS.ErrnoException) => error);
    if (what instanceof Error) unreadable.push(`Cannot read ${named}: ${reason(what)}.`);
    else if (!what.isDirectory()) files.set(path, dirname(path));
    else {
      const denied = await access(path, 4).catch((error: NodeJS.ErrnoException) => error);
      if (denied) unreadable.push(`Cannot read ${named}: ${reason(denied)}.`);
      const found = await searchFolder(path);
      if (found.length === 0 && !denied) empty.push(named);
      for (const file of found) if (!files.has(file)) files.set(file, path);
    }
  }
  return { groups: group(files), unreadable, empty };
}

/** The folder that holds `.git`, from this one upward; this one where there is none. */
export async function repositoryRoot(folder: string): Promise<string> {
  return (await foldersUpToRepository(folder)).at(-1) ?? folder;
}

/** The folder above `.github` (or Gitea's and Forgejo's), `undefined` for a file that lies in none. */
export function workspaceAbove(path: string): string | undefined {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (/^\.(?:github|gitea|forgejo)$/.test(basename(folder))) return dirname(folder);
  }
  return undefined;
}

/** What the system says of a path, in words. */
export function reason(error: NodeJS.ErrnoException): string {
  const words: Record<string, string> = {
    ENOENT: 'it does not exist',
    ENOTDIR: 'a part of the path is no folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ELOOP: 'its links lead in a circle',
    EISDIR: 'it is a folder',
    ENXIO: 'it is no file',
    ENAMETOOLONG: 'the name is too long',
  };
  return words[error.code ?? ''] ?? `the system says ${error.code ?? error.message}`;
}

async function searchFolder(folder: string): Promise<readonly string[]> {
  const root = await realpath(folder);
  const above = await ignoresAbove(root);
  const tree = diskTree(root, direct);
  // Asked with the whole path, so that `check X/.github/workflows` finds the workflows too.
  const isWorkflow = (path: string) => fileKind(slashes(join(root, path))) !== undefined;
  const known = await search(tree, { wanted: path => isWorkflow(path) || isLifecyclePath(path), above });
  const found = known.some(isWorkflow) ? known : await search(tree, { wanted: path => /\.ya?ml$/.test(path), above });
  return found.map(path => join(folder, path));
}

/** Ignore files between the repository's root and this folder; none where the folder itself is ignored, since it was asked for. */
async function ignoresAbove(folder: string): Promise<readonly Ignores[]> {
  const above = (await foldersUpToRepository(folder)).reverse();
  const repository = above[0];
  if (repository === undefined) return [];
  const sources = [join(repository, '.git', 'info', 'exclude'), ...above.filter(one => one !== folder).map(one => join(one, '.gitignore'))];
  const ignores: Ignores[] = [];
  for (const [index, source] of sources.entries()) {
    const text = await readFile(source, 'utf8').catch(() => undefined);
    const from = slashes(relative(index === 0 ? repository : dirname(source), folder));
    if (text !== undefined) ignores.push(ignoreFile(text, path => (from === '' ? path : path === '' ? `${from}/` : `${from}/${path}`)));
  }
  return folder !== repository && isIgnored('', ignores) ? [] : ignores;
}

/** From this folder to the one that holds `.git`; empty outside a repository. */
async function foldersUpToRepository(folder: string): Promise<string[]> {
  const folders: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    folders.push(at);
    if (
      await access(join(at, '.git')).then(
        () => true,
        () => false,
      )
    )
      return folders;
    if (at === dirname(at)) return [];
  }
}

/** Files outside any `.github` (composite actions, loose YAML) join the nearest workspace above them, else what they were found in. */
function group(files: ReadonlyMap<string, string>): readonly Group[] {
  const roots = new Set([...files.keys()].map(workspaceAbove).filter(root => root !== undefined));
  const groups = new Map<string, string[]>();
  for (const [file, found] of files) {
    const root = workspaceAbove(file) ?? nearest(roots, file) ?? found;
    const members = groups.get(root) ?? [];
    members.push(slashes(relative(root, file)));
    groups.set(root, members);
  }
  return [...groups].map(([root, members]) => ({ root, files: members }));
}

function nearest(roots: ReadonlySet<string>, file: string): string | undefined {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) if (roots.has(folder)) return folder;
  return undefined;
}

function slashes(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}
