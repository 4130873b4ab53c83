import type { ShellCommand } from '../../shell/interpret.ts';
import type { Fact } from '../usage.ts';

/** Knows one program: adding one is a file that exports one of these. */
export interface CommandAdapter {
  /** Program names, without a folder. */
  readonly names: readonly string[];
  read(command: ShellCommand): readonly Fact[];
}
