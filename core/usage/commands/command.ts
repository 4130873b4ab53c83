import type { Template } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import type { Fact } from '../usage.ts';

/** What a command finds around it. */
export interface CommandContext {
  /** A variable as the command finds it: its own, the script's, the step's environment. */
  variable(command: ShellCommand, name: string): Template | undefined;
  /** The names of the step's environment. */
  names(): readonly string[];
  /** The text of a file, by its path from where the command runs; `undefined` where there is none or nobody knows. */
  file(path: string): string | undefined;
  /** Whether the job has brought the image to its machine before: built, pulled or named it. */
  isHere(reference: Template): boolean;
  /** The commands of the same script, in order. */
  readonly script: readonly ShellCommand[];
  /** What a command does that this one runs, in a container. */
  facts(command: ShellCommand): readonly Fact[];
}

/** Knows one program: adding one is a file that exports one of these. */
export interface CommandAdapter {
  /** Program names, without a folder. */
  readonly names: readonly string[];
  read(command: ShellCommand, context: CommandContext): readonly Fact[];
}
