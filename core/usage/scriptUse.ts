import type { Template } from '../image/template.ts';
import type { Announcement, ShellCheck, ShellCommand, ShellWrite } from '../shell/command.ts';
import type { Script } from '../shell/script.ts';
import type { Span } from '../text/span.ts';
import type { Job, Step } from '../workflow/model.ts';

/** A step's script that a shell reads, with the commands that it may run, in order. */
export interface StepScript {
  readonly job: Job;
  readonly step: Step;
  readonly events: readonly string[];
  readonly script: Script;
  readonly commands: readonly ShellCommand[];
  /** What it leaves in `$GITHUB_OUTPUT`; under the empty name where it writes names that nobody knows. */
  readonly outputs: ReadonlyMap<string, Template>;
  /** What it appends to the runner's files: outputs, environment, job summary. */
  readonly writes: readonly ShellWrite[];
  readonly announcements: readonly Announcement[];
  /** Checks of variables, in order. */
  readonly checks: readonly ShellCheck[];
}

/** An expression that lands in a script as text, before any shell reads it. */
export interface ScriptExpression {
  readonly job: Job;
  readonly step: Step;
  readonly events: readonly string[];
  /** The `${{ … }}` in the file. */
  readonly span: Span;
  /** The inside, trimmed. */
  readonly source: string;
  readonly value: Template;
  /** How the script's language reads the place; `other` where it is no shell that is understood. */
  readonly quoting: 'plain' | 'double' | 'single' | 'heredoc' | 'quotedHeredoc' | 'arithmetic' | 'comment' | 'other';
  readonly standalone: boolean;
  /** What the shell makes of the place is code again for another program. */
  readonly interpreted: boolean;
  readonly language: 'shell' | 'javascript' | 'other';
}
