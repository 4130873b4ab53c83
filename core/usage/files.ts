import type { Workflow } from '../workflow/model.ts';

/** The other files of a workspace, as an analysis reads them. Paths are relative to the workspace folder, with `/`. */
export interface Files {
  /** `undefined` where there is none or nobody knows yet. Of a folder (its path ends with `/`) the names, one a line, folders with a `/`. */
  text(path: string): string | undefined;
  /** A workflow or an action's metadata; `undefined` where the file is missing, too large or not read yet. */
  workflow(path: string): Workflow | undefined;
  /** The folder in which a checkout of `owner/name` lies, as far as that is known. */
  checkout(repository: string): string | undefined;
}

export const noFiles: Files = { text: () => undefined, workflow: () => undefined, checkout: () => undefined };

/** `path` from the folder `base`, without `.` and `..`; `undefined` where it leads out of the workspace. */
export function within(base: string, path: string): string | undefined {
  if (path.startsWith('/') || path.includes('\\')) return undefined;
  const parts: string[] = [];
  for (const part of `${base}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    // What lies beside the workspace is reached by checkouts alone, which begin so.
    if (part === '..' && (parts.length === 0 || parts.at(-1) === '..')) parts.push(part);
    else if (part === '..') parts.pop();
    else parts.push(part);
  }
  const outside = (parts: readonly string[]) => parts.filter(part => part === '..').length;
  return outside(parts) > outside(base.split('/')) ? undefined : parts.join('/');
}

/** The folder of the repository that a workflow belongs to. */
export function rootOf(path: string): string {
  return /^(.*\/)?\.(?:github|gitea|forgejo)\//.exec(path)?.[1] ?? '';
}
