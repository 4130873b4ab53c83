import type { Command } from 'unbash';
import type { Facts } from '../image/facts.ts';
import type { Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ShellSource } from './source.ts';
import type { Sink } from './state.ts';
import type { Argument } from './words.ts';

/** What becomes of a failure: it ends the script, something asks about it, or nobody sees it. */
export type Failure = 'fatal' | 'tested' | 'ignored';

/**
 * What keeps a failure from being seen: the command behind `||` (which may announce it, or keep it in a
 * variable that is lost with the shell), a pipe without `pipefail`, `&`, a `$(…)` in another command's words, a
 * condition around it (in which `-e` does not work), or a shell without `-e`.
 */
export type HiddenBy = 'or' | 'announced' | 'lost' | 'pipe' | 'background' | 'value' | 'condition' | 'options';

/** Where output goes: the log, nowhere, a file (`$GITHUB_OUTPUT` too), the next command of a pipe, or the value of a `$(…)`. */
export type Stream = 'log' | 'null' | 'file' | 'pipe' | 'value';

/** The commands on both sides of `|`. */
export interface ShellPipeline {
  /** In order; `undefined` for a part that is no simple command (a loop, a block). */
  readonly parts: readonly (ShellCommand | undefined)[];
  /** Whether the first part that fails decides; `undefined` where the script is not clear about it. */
  readonly pipefail: boolean | undefined;
}

/** A command that the script may run, with its words expanded; the name is the first word. */
export interface ShellCommand {
  readonly words: readonly Argument[];
  /** The command in the file. */
  readonly span: Span;
  /** It stands in a branch, a loop or behind `&&`/`||`, so it may not run. */
  readonly conditional: boolean;
  /** The here-document or here-string that it reads, without the line break at its end. */
  readonly input?: Template;
  readonly failure: Failure;
  /** Why nobody sees a failure that is ignored. */
  readonly hiddenBy?: HiddenBy;
  /** The command of the tree, where it is written in the script itself. */
  readonly node?: Command;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** The pipe that it is part of, and which part of it. */
  readonly pipeline?: ShellPipeline;
  readonly position?: number;
  /** How many loops it stands in. */
  readonly loops: number;
  /** The command whose output it reads: `from | this`. */
  readonly from?: ShellCommand;
  /** It runs on another machine. */
  readonly remote?: true;
  /** It calls a function of the script, whose commands follow. */
  readonly isFunction?: true;
  /** It runs a script of the repository that is read, whose commands follow. */
  readonly isFollowed?: true;
  /** Variables of the script at this point, and those set for this command alone (`TAG=1 docker compose push`); only for programs that read their environment. */
  readonly variables?: ReadonlyMap<string, Template>;
  /** The file of the repository in which it is written, where that is not the script itself, and the script's command that led there. */
  readonly within?: { readonly path: string; readonly call: Span };
}

/** A script of the repository that a command runs, or (`sourced`) reads into its own shell. */
export interface ScriptFile {
  readonly source: ShellSource;
  /** As it is named, which is its `$0`. */
  readonly name: Template;
  readonly args: readonly Template[];
  readonly sourced: boolean;
}

/** Finds the script that a command runs; `before` are the commands so far, `from` the file in which the command is written where it is no step's. */
export type FindScript = (command: ShellCommand, before: () => readonly ShellCommand[], from: string | undefined) => ScriptFile | undefined;

/** `::warning::`, `::error::` or `::notice::` that the script prints. */
export interface Announcement {
  readonly level: 'error' | 'warning' | 'notice';
  readonly text: Template;
  readonly span: Span;
}

/** Something appended to a file of the runner. */
export interface ShellWrite {
  readonly sink: Sink;
  readonly text: Template;
  /** The command that writes. */
  readonly span: Span;
}

/** A check of a variable on which it depends how the script goes on. */
export interface ShellCheck {
  /** The condition. */
  readonly span: Span;
  readonly name: string;
  /** The variable before the check. */
  readonly value: Template;
  /** What it is checked against, as written. */
  readonly written: string;
  /** Whether the script goes on with this value; `undefined` where that cannot be told. */
  goesOn(text: string): boolean | undefined;
  /** Values with which it goes on, or from which such values can be made. */
  readonly samples: readonly string[];
  /** What becomes of a value that does not pass: the script ends, it only says so, or nobody asks. */
  readonly otherwise: 'ends' | 'says' | 'nothing';
  /** Its words are computed: arithmetic. */
  readonly computes?: true;
  /** How many commands came before. */
  readonly after: number;
}

export interface ShellResult {
  /** Checks of variables, in order. */
  readonly checks: readonly ShellCheck[];
  /** What is known of values when the script ended with success. */
  readonly facts: Facts;
  readonly commands: readonly ShellCommand[];
  /** What the step leaves in `$GITHUB_OUTPUT` and `$GITHUB_ENV`, by name. */
  readonly outputs: ReadonlyMap<string, Template>;
  readonly env: ReadonlyMap<string, Template>;
  /** What is appended to the runner's files, in order. */
  readonly writes: readonly ShellWrite[];
  readonly announcements: readonly Announcement[];
}
