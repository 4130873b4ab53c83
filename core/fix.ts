import { lintFile } from './lint.ts';
import type { FileEdit, Finding } from './rules/rule.ts';
import { applyEdits, intersects } from './text/span.ts';
import type { Workspace } from './workspace/workspace.ts';

/** Fixes that wait for each other's place come to rest soon; what does not is left as it is then. */
const maximumRounds = 50;

/**
 * Applies the safe fixes of these files to the workspace's texts until none is left; answers how many. A fix is applied whole or
 * not at all, only inside the given files, and taken back where the YAML would no longer parse.
 */
export function applySafeFixes(workspace: Workspace, paths: readonly string[]): number {
  let applied = 0;
  for (let round = 0; round < maximumRounds; round++) {
    const fixes = disjoint(safeFixes(workspace, paths));
    if (fixes.length === 0) return applied;
    const edits = fixes.flat();
    const before = new Map(edits.map(({ path }) => [path, workspace.text(path) ?? '']));
    for (const [path, text] of before) {
      workspace.set(
        path,
        applyEdits(
          text,
          edits.filter(edit => edit.path === path),
        ),
      );
    }
    if ([...before.keys()].some(path => lintFile(workspace, path).some(({ rule }) => rule === 'invalid-yaml'))) {
      for (const [path, text] of before) workspace.set(path, text);
      return applied;
    }
    applied += fixes.length;
  }
  return applied;
}

function safeFixes(workspace: Workspace, paths: readonly string[]): readonly (readonly FileEdit[])[] {
  const ours = new Set(paths);
  return paths
    .flatMap((path): readonly Finding[] => lintFile(workspace, path))
    .flatMap(({ fix }) => (fix?.safe && fix.edits.every(({ path }) => ours.has(path)) ? [fix.edits] : []));
}

/** The fixes that do not touch an earlier one's place; the others have their turn in the next round. */
function disjoint(fixes: readonly (readonly FileEdit[])[]): readonly (readonly FileEdit[])[] {
  const taken: FileEdit[] = [];
  return fixes.filter(edits => {
    if (edits.some(edit => taken.some(other => other.path === edit.path && intersects(other.span, edit.span)))) return false;
    taken.push(...edits);
    return true;
  });
}
