import { access, constants, realpath } from 'node:fs/promises';
import { isAbsolute, posix, relative, win32 } from 'node:path';

export interface FindOptions {
  /** Folders that must not bring the program: those of the workspace. */
  readonly outside: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * The absolute path of a program on the PATH that lies outside of the workspace, which must not bring its own git or credential helper;
 * `undefined` where there is none. `name` has no extension.
 */
export async function findProgram(name: string, { outside, environment = process.env }: FindOptions): Promise<string | undefined> {
  const inside = await Promise.all(outside.map(folder => realpath(folder).catch(() => folder)));
  for (const candidate of candidates(name, environment, process.platform)) {
    const found = await access(candidate, constants.X_OK)
      .then(() => realpath(candidate))
      .catch(() => undefined);
    if (found === undefined || inside.some(folder => within(folder, found) || within(folder, candidate))) continue;
    return candidate;
  }
  return undefined;
}

/**
 * Where a program of this name may be, in the order of the PATH; relative entries are passed over. On Windows with the extensions of PATHEXT that
 * run without a shell: `.cmd` and `.bat` do not.
 */
export function candidates(name: string, environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  const windows = platform === 'win32';
  const { delimiter, isAbsolute: absolute, join } = windows ? win32 : posix;
  const variable = (wanted: string) =>
    environment[wanted] ?? (windows ? Object.entries(environment).find(([key]) => key.toUpperCase() === wanted)?.[1] : undefined);
  const extensions = (variable('PATHEXT') ?? '.COM;.EXE').split(';').map(extension => extension.toLowerCase());
  const endings = windows ? extensions.filter(extension => extension === '.exe' || extension === '.com') : [''];
  const folders = (variable('PATH') ?? '').split(delimiter).filter(absolute);
  return folders.flatMap(folder => endings.map(ending => join(folder, `${name}${ending}`)));
}

function within(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way.startsWith('..') || isAbsolute(way));
}
