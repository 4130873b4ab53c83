import { evaluateText } from '../expression/text.ts';
import { display, holes, literal, type Template } from '../image/template.ts';
import type { FindScript, ShellCommand } from '../shell/command.ts';
import { FileSource } from '../shell/fileSource.ts';
import { shellName } from '../shell/options.ts';
import type { Job, Step, Workflow } from '../workflow/model.ts';
import { type Checkouts, placeOf } from './callee.ts';
import { type Files, within } from './files.ts';
import type { StepScope } from './scope.ts';

/** Where a step's commands run, and what lies there. */
export interface WorkingPlace {
  readonly files: Files;
  /** The folder of the repository whose files are checked out. */
  readonly root: string;
  readonly checkouts: Checkouts;
  /** The step's folder below the workspace on the runner; `undefined` where that is not known. */
  readonly folder: string | undefined;
  /** The folder of a composite action's own files. */
  readonly action?: string;
  /** Steps that may still be called: a script counts as as many as it is long. */
  readonly budget: { steps: number };
}

/** Longer scripts are written by programs. */
const maxScript = 64 * 1024;
/** Characters of a file that count as one step. */
export const stepLength = 200;

/** The folder in which a step's script starts, below the workspace on the runner. */
export function workingFolder(workflow: Workflow, job: Job, step: Step, scope: StepScope): string | undefined {
  const given = step.workingDirectory ?? job.workingDirectory ?? workflow.workingDirectory;
  if (!given) return '';
  return inWorkspace(evaluateText(given, scope), '');
}

/** Finds the scripts of the repository that commands run. Only what bash or sh reads is one. */
export function scriptsAt(place: WorkingPlace): FindScript {
  const sources = new Map<string, FileSource>();
  return (command, before, from) => {
    const called = callOf(command);
    if (!called) return undefined;
    const path = pathOf(called.file, folderAfter(place.folder, before(), from), from, place);
    const text = path === undefined ? undefined : place.files.text(path);
    if (path === undefined || text === undefined || !isShell(path, text, called.byShell)) return undefined;
    place.budget.steps -= 1 + text.length / stepLength;
    if (text.length > maxScript || place.budget.steps < 0) return undefined;
    const source = sources.get(path) ?? new FileSource(text, path);
    sources.set(path, source);
    return { source, name: called.file, args: called.args, sourced: called.sourced };
  };
}

/** The folder of a file. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

interface ScriptCall {
  readonly file: Template;
  readonly args: readonly Template[];
  readonly sourced: boolean;
  /** A shell is named, so the file needs no name or first line that says so. */
  readonly byShell: boolean;
}

/** `./x.sh a b`, `bash -e x.sh a b`, `source x.sh`, `. x.sh`. */
function callOf({ words, remote, isFunction }: ShellCommand): ScriptCall | undefined {
  if (remote || isFunction) return undefined;
  const first = words[0]?.template;
  if (!first) return undefined;
  const name = literal(first);
  const isSource = name === 'source' || name === '.';
  const isShell = !isSource && name !== undefined && shellName.test(name);
  // Asked of every command, of which few run a file.
  if (!isSource && !isShell && !first.some(part => part.kind === 'text' && part.text.includes('/'))) return undefined;
  const rest = words.slice(1).map(({ template }) => template);
  if (isSource) {
    const [file, ...args] = rest;
    return file && { file, args, sourced: true, byShell: true };
  }
  if (isShell) {
    const at = rest.findIndex((word, index) => !/^[-+]/.test(display(word)) && literal(rest[index - 1] ?? []) !== '-o');
    const file = rest[at];
    const flags = rest.slice(0, Math.max(at, 0)).map(word => literal(word) ?? '');
    return file && !flags.some(flag => /^-[a-z]*[cs]$/.test(flag))
      ? { file, args: rest.slice(at + 1), sourced: false, byShell: true }
      : undefined;
  }
  return { file: first, args: rest, sourced: false, byShell: false };
}

/** The file's path in the workspace. */
function pathOf(
  file: Template,
  folder: string | undefined,
  from: string | undefined,
  { root, checkouts, files, action }: WorkingPlace,
): string | undefined {
  const [first, ...rest] = file;
  const tail = literal(rest);
  const source = first ? holes([first])[0]?.source : undefined;
  if (source !== undefined && tail?.startsWith('/')) {
    // `$(dirname "$0")/lib.sh`, `$(cd "$(dirname "$0")" && pwd)/lib.sh`: beside the script itself.
    const beside = /\bdirname\b|BASH_SOURCE|^\$\{?0\b/.test(source) || (first?.kind === 'choice' && /\bpwd\b/.test(source));
    if (from !== undefined && beside) return within(folderOf(from), tail.slice(1));
    if (action !== undefined && /^(?:github\.action_path|\$\{?GITHUB_ACTION_PATH\}?)$/i.test(source)) return within(action, tail.slice(1));
  }
  const below = inWorkspace(file, folder);
  if (below === undefined) return undefined;
  const place = placeOf(below, root, checkouts, files);
  return 'path' in place ? place.path : undefined;
}

/** A path below the workspace on the runner: a relative one from `folder`, or one that begins with the workspace. */
function inWorkspace(path: Template, folder: string | undefined): string | undefined {
  const [first, ...rest] = path;
  if (first?.kind === 'hole' && /^(?:github\.workspace|\$\{?GITHUB_WORKSPACE\}?)$/i.test(first.source)) {
    const tail = literal(rest);
    return tail === undefined ? undefined : within('', tail.replace(/^\//, ''));
  }
  const known = literal(path);
  return known === undefined || folder === undefined ? undefined : within(folder, known);
}

/** The folder after the `cd` commands so far; those of a `$(…)` and of other scripts that ran move nobody but themselves. */
function folderAfter(folder: string | undefined, before: readonly ShellCommand[], from: string | undefined): string | undefined {
  let at = folder;
  for (const { words, remote, stdout, within: file } of before) {
    const name = literal(words[0]?.template ?? []);
    if (remote || stdout === 'value' || (file && file.path !== from) || (name !== 'cd' && name !== 'pushd')) continue;
    at = inWorkspace(words[1]?.template ?? [], at);
  }
  return at;
}

function isShell(path: string, text: string, byShell: boolean): boolean {
  if (text.includes('\u0000')) return false;
  const first = /^#!(.*)/.exec(text)?.[1];
  if (first !== undefined) return /(?:^|[\s/])(?:ba|da|z|k)?sh(?:\s|$)/.test(first);
  return byShell || /\.(?:ba|z|k)?sh$/.test(path);
}
