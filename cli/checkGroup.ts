import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pLimit from 'p-limit';
import { applyFixes } from '../core/fix.ts';
import { type Judgement, judgeInSteps } from '../core/lint.ts';
import { finish } from '../core/text/steps.ts';
import { direct, diskTree, readText } from '../core/workspace/disk.ts';
import { fileKind, isLifecyclePath, isLifecycleText, policyPaths } from '../core/workspace/paths.ts';
import { search } from '../core/workspace/search.ts';
import { decodeText, type Tree } from '../core/workspace/tree.ts';
import { giveWanted, settle } from '../core/workspace/wanted.ts';
import { Workspace } from '../core/workspace/workspace.ts';
import { bearingOn } from './changed.ts';
import { type Group, reason, workspaceAbove } from './discover.ts';
import { whole } from './interrupt.ts';
import type { Progress } from './progress.ts';
import type { Results } from './results.ts';

/** Files of a group that are read side by side. */
const filesAtOnce = 32;

/** Folders that are searched for the other files of a workspace when only one of its files was named. */
const maximumContextFolders = 2000;

/** Files that a rule asked for may lead to others, so often at most. */
const maximumRounds = 5;

/** A policy file that was named on the command line. */
export interface NamedPolicy {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
}

/** How a group is checked. */
export interface How {
  /** Write the safe fixes, or all, first. */
  readonly fix?: 'safe' | 'all' | undefined;
  /** Texts in place of saved ones, by path in the group. */
  readonly given?: ReadonlyMap<string, string>;
  /** Goes before those that lie in the workspaces. */
  readonly policy?: NamedPolicy | undefined;
  readonly progress?: Progress;
}

/** Checks a group's files, one after the other, and gives what is found to `results`. */
export async function checkGroup(results: Results, group: Group, { fix, given, policy, progress }: How = {}): Promise<void> {
  const { root, files } = group;
  const workspace = await contextOf(group);
  const checked: string[] = [];
  const several = pLimit(filesAtOnce);
  const texts = await Promise.all(files.map(path => given?.get(path) ?? several(() => read(results, root, path))));
  for (const [index, path] of files.entries()) {
    const text = texts[index];
    // Many files are called like lifecycle policies.
    if (text === undefined || (isLifecyclePath(path) && !isLifecycleText(text))) continue;
    workspace.set(path, text);
    checked.push(path);
  }
  const policies = await takePolicy(results, workspace, root, policy);
  const treeOf = (folder: string) => diskTree(join(root, folder), direct);
  await settle(workspace, checked, treeOf, () => progress?.breathe());
  if (fix) await mend(results, workspace, root, { paths: checked, suggestions: fix === 'all' });
  // What is wrong with the policy bears on every file, whichever were asked about; it is said once.
  const judgement = await judge(results, workspace, root, { paths: [...new Set([...checked, ...policies])], treeOf, progress });
  const { changed } = group;
  const findings = changed ? await bearingOn(changed, { root, workspace, findings: judgement.findings, treeOf }) : judgement.findings;
  results.take(workspace, root, { findings, ignored: changed ? [] : judgement.ignored });
  results.count(checked.length);
}

interface Asked {
  readonly paths: readonly string[];
  readonly treeOf: (folder: string) => Tree;
  readonly progress: Progress | undefined;
}

/** What is found in the files, once nothing is asked for any more that could be read. */
async function judge(results: Results, workspace: Workspace, root: string, { paths, treeOf, progress }: Asked): Promise<Judgement> {
  const judged = new Map<string, Judgement>();
  let left = paths;
  for (let round = 0; round < maximumRounds && left.length > 0; round++) {
    for (const path of left) {
      const before = judged.has(path);
      judged.set(path, judgeFile(results, workspace, root, path));
      if (!before) progress?.advance();
      await progress?.breathe();
    }
    left = (await giveWanted(workspace, treeOf)).length > 0 ? paths : [];
  }
  const all = [...judged.values()];
  return { findings: all.flatMap(({ findings }) => findings), ignored: all.flatMap(({ ignored }) => ignored) };
}

// One file that we stumble over must not cost the findings of the others.
function judgeFile(results: Results, workspace: Workspace, root: string, path: string): Judgement {
  try {
    return finish(judgeInSteps(workspace, path));
  } catch (error) {
    results.trouble(`Cannot check ${results.shown(root, path)}: ${(error as Error).message}. This is a mistake in Tallyman.`);
    return { findings: [], ignored: [] };
  }
}

/** A workspace with the files that were not asked about but lie in it: rules look across files. */
async function contextOf({ root, files }: Group): Promise<Workspace> {
  const workspace = new Workspace();
  if (!files.some(path => workspaceAbove(join(root, path)) === root)) return workspace;
  const tree = diskTree(root, direct);
  const own = new Set(files);
  for (const path of await search(tree, { wanted: one => fileKind(one) !== undefined, maximumFolders: maximumContextFolders })) {
    const text = own.has(path) ? undefined : await tree.read(path);
    if (text !== undefined) workspace.set(path, text);
  }
  return workspace;
}

/** Gives the workspace its policy; answers the policy files that are to be checked. */
async function takePolicy(
  results: Results,
  workspace: Workspace,
  root: string,
  named: NamedPolicy | undefined,
): Promise<readonly string[]> {
  if (named) {
    const path = relative(root, named.file).replaceAll('\\', '/');
    workspace.namePolicy(path);
    workspace.set(path, named.text);
    return results.holds(results.shown(root, path)) ? [] : [path];
  }
  const tree = diskTree(root, direct);
  for (const path of policyPaths) {
    if (workspace.text(path) !== undefined) continue;
    const text = await tree.read(path);
    if (text !== undefined) workspace.set(path, text);
    else if (existsSync(join(root, path))) {
      results.trouble(`Cannot read the policy ${results.shown(root, path)}: it is no UTF-8 text, or lies outside the repository.`);
    }
  }
  return policyPaths.filter(path => workspace.text(path) !== undefined);
}

async function read(results: Results, root: string, path: string): Promise<string | undefined> {
  const text = await readText(join(root, path), direct).catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === 'string') return text;
  results.trouble(`Cannot read ${results.shown(root, path)}: ${text ? reason(text) : 'it is no UTF-8 text'}.`);
  return undefined;
}

/** Applies fixes to the workspace's files and writes those that changed. */
async function mend(
  results: Results,
  workspace: Workspace,
  root: string,
  { paths, suggestions }: { readonly paths: readonly string[]; readonly suggestions: boolean },
): Promise<void> {
  const before = new Map(paths.map(path => [path, workspace.text(path) ?? '']));
  let fixed = 0;
  try {
    fixed = applyFixes(workspace, paths, { suggestions });
  } catch (error) {
    results.trouble(`Cannot fix what lies in ${results.shown(root, '')}: ${(error as Error).message}. This is a mistake in Tallyman.`);
    for (const [path, text] of before) workspace.set(path, text);
  }
  results.countFixed(fixed);
  for (const [path, text] of before) {
    const mended = workspace.text(path) ?? text;
    if (mended === text) continue;
    const failed = await whole(() => replace(join(root, path), text, mended)).catch(reason);
    if (failed) results.trouble(`Cannot write ${results.shown(root, path)}: ${failed}.`);
  }
}

/** Writes a file that still holds `before`, keeping its byte order mark; answers what stands in the way. */
async function replace(path: string, before: string, after: string): Promise<string | undefined> {
  const bytes = await readFile(path);
  if (decodeText(bytes) !== before) return 'it changed meanwhile';
  const mark = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? '\ufeff' : '';
  await writeFile(path, mark + after);
  return undefined;
}
