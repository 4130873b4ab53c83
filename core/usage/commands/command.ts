import type { Template } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import type { Fact } from '../usage.ts';

/** What a command finds around it. */
export interface CommandContext {
  /** A variable as the command finds it: its own, the script's, the step's environment. */
  variable(command: ShellCommand, name: string): Template | undefined;
  /** The text of a file, by its path from the repository's root; `undefined` where there is none or nobody knows. */
  file(path: string): string | undefined;
  /** Whether the job has brought the image to its machine before: built, pulled or named it. */
  isHere(reference: Template): boolean;
}

/** Knows one program: adding one is a file that exports one of these. */
export interface CommandAdapter {
  /** Program names, without a folder. */
  readonly names: readonly string[];
  read(command: ShellCommand, context: CommandContext): readonly Fact[];
}
