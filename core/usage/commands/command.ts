import type { Template } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import type { Fact } from '../usage.ts';

/** A file as the repository holds it. */
export interface RepositoryFile {
  readonly path: string;
  readonly text: string;
  /** A step of the job may write it before it is used. */
  readonly mayBeWritten: boolean;
}

/** What a command finds around it. */
export interface CommandContext {
  /** A variable as the command finds it: its own, the script's, the step's environment. */
  variable(command: ShellCommand, name: string): Template | undefined;
  /** The names of the step's environment. */
  names(): readonly string[];
  /** The text of a file, by its path from where the command runs; `undefined` where there is none or nobody knows. */
  file(path: string): string | undefined;
  /** The same with its path in the workspace, for files that say what runs. */
  repositoryFile(path: string): RepositoryFile | undefined;
  /** The names in a folder of the repository, folders with a `/` behind; none where nobody knows. */
  repositoryFolder(path: string): readonly string[];
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
