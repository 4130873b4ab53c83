import { baselineEntry, unknownTo } from '../core/baseline.ts';
import { type Changes, changesSince, fileBefore, type Unknown } from '../core/git/changes.ts';
import { lintFile } from '../core/lint.ts';
import type { Finding } from '../core/rules/rule.ts';
import { printable } from '../core/text/printable.ts';
import { isHeld } from '../core/workspace/paths.ts';
import { decodeText, type Tree } from '../core/workspace/tree.ts';
import { settle } from '../core/workspace/wanted.ts';
import { Workspace } from '../core/workspace/workspace.ts';
import type { Group } from './discover.ts';
import { exit, Failure } from './failure.ts';

/** The groups in which something changed since their history parted from `revision`, with what did. Throws a Failure where git cannot tell. */
export async function changedGroups(groups: readonly Group[], revision: string): Promise<readonly Group[]> {
  const found: Group[] = [];
  for (const group of groups) {
    const changed = await changesSince(group.root, revision);
    if (typeof changed === 'string') throw new Failure(exit.usage, sentence(changed, printable(revision), group.root));
    if (changed.paths.length > 0) found.push({ ...group, changed });
  }
  return found;
}

function sentence(unknown: Unknown, revision: string, folder: string): string {
  const deeper = 'This clone is shallow: fetch more of its history (with actions/checkout, fetch-depth: 0).';
  switch (unknown) {
    case 'no-git':
      return '--changed-since asks git, and there is none on the PATH.';
    case 'no-repository':
      return `--changed-since asks git, and it reads no repository at ${printable(folder)}.`;
    case 'unknown-revision':
      return `There is no commit ${revision} in this clone.`;
    case 'unknown-revision-shallow':
      return `There is no commit ${revision} in this clone. ${deeper}`;
    case 'no-common-commit':
      return `HEAD and ${revision} have no commit in common.`;
    case 'no-common-commit-shallow':
      return `HEAD and ${revision} have no commit in common here. ${deeper}`;
    case 'failed':
      return `git could not tell what has changed since ${revision}.`;
  }
}

/** A workspace whose files lie in a folder, and what was found in it. */
export interface Checked {
  /** Absolute. */
  readonly root: string;
  readonly workspace: Workspace;
  readonly findings: readonly Finding[];
  /** Reads the saved files: of the folder (`''`), of others beside it. */
  readonly treeOf: (folder: string) => Tree;
}

/**
 * Of a workspace's findings those that bear on the change: all in files that changed, those that point into one, and those elsewhere
 * that were not there before.
 */
export async function bearingOn(changed: Changes, checked: Checked): Promise<readonly Finding[]> {
  const { workspace, findings } = checked;
  const paths = new Set(changed.paths);
  const touches = (finding: Finding) => paths.has(finding.path) || finding.related.some(({ path }) => paths.has(path));
  const elsewhere = findings.filter(finding => !touches(finding));
  if (elsewhere.length === 0) return findings;
  const asked = [...new Set(elsewhere.map(({ path }) => path))];
  const before = await workspaceBefore(changed, checked, asked);
  const had = asked.flatMap((path): readonly Finding[] => lintFile(before, path));
  const known = entries(before, had).map(({ entry }) => entry);
  const fresh = new Set(unknownTo({ version: 1, findings: known }, entries(workspace, elsewhere)).map(({ finding }) => finding));
  return findings.filter(finding => touches(finding) || fresh.has(finding));
}

function entries(workspace: Workspace, findings: readonly Finding[]) {
  return findings.flatMap(finding => {
    const lines = workspace.lines(finding.path);
    return lines ? [{ finding, entry: baselineEntry(finding, finding.path, lines) }] : [];
  });
}

/** The workspace as it was before the change, with all that the analysis of the `asked` files wants. */
async function workspaceBefore(changed: Changes, { root, workspace, treeOf }: Checked, asked: readonly string[]): Promise<Workspace> {
  const paths = new Set(changed.paths);
  const then = async (path: string) => {
    const bytes = await fileBefore(root, changed, path);
    return bytes && decodeText(bytes);
  };
  const before = new Workspace();
  for (const path of new Set([...workspace.paths(), ...changed.paths.filter(isHeld)])) {
    const text = paths.has(path) ? await then(path) : workspace.text(path);
    if (text !== undefined) before.set(path, text);
  }
  const { policyPath } = workspace;
  if (policyPath !== undefined && !isHeld(policyPath)) before.namePolicy(policyPath);
  await settle(before, asked, folder => {
    const tree = treeOf(folder);
    if (folder !== '') return tree;
    return { list: tree.list, read: (path, limit) => (paths.has(path) ? then(path) : tree.read(path, limit)) };
  });
  return before;
}
