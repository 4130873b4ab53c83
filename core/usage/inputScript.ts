import { derived } from '../image/template.ts';
import type { ShellCommand } from '../shell/interpret.ts';
import type { Scalar } from '../workflow/scalar.ts';

/** A script of a step: its `run`, or an action's input. */
export interface InputScript {
  readonly text: Scalar;
  /** The text holds only the words after this program's name. */
  readonly program?: string;
  /** It runs on another machine. */
  readonly remote?: true;
}

/** A script's command as it stands for itself. */
export function placed(command: ShellCommand, { program, remote }: InputScript): ShellCommand {
  if (!program && !remote) return command;
  const { span } = command;
  const first = program ? [{ template: derived(program, span), span }] : [];
  return { ...command, words: [...first, ...command.words], ...(remote && { remote }) };
}
