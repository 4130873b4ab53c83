import { literal, type Template } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import { within } from '../files.ts';

/**
 * The folder of the repository that a script's relative paths begin in: its working directory, or where its one `cd` leads. `undefined`
 * where that is not known.
 */
export function scriptFolder(workingDirectory: Template | undefined, commands: readonly ShellCommand[]): string | undefined {
  const base = literal(workingDirectory ?? []);
  const moves = commands.filter(({ words, remote }) => !remote && literal(words[0]?.template ?? []) === 'cd');
  if (base === undefined || moves.length > 1) return undefined;
  const [move] = moves;
  const to = move && literal(move.words[1]?.template ?? []);
  return move ? (to === undefined || to === '' ? undefined : within(base, to)) : base;
}
