import { applyFixes, type Wanted } from '../core/fix.ts';
import type { Folder } from './folders.ts';

/**
 * The text of a file with all the fixes that are wanted, as far as they lie in that file; its text as it is where there are none. The
 * workspace is as before when this returns.
 */
export function fixedText({ workspace }: Folder, path: string, wanted: Wanted): string | undefined {
  const before = workspace.text(path);
  if (before === undefined) return undefined;
  try {
    applyFixes(workspace, [path], wanted);
    return workspace.text(path);
  } finally {
    workspace.set(path, before);
  }
}
