import { commonFacts, noFacts } from '../image/facts.ts';
import { passOn, type Template } from '../image/template.ts';
import type { FindScript, ScriptFile, ShellCommand } from './command.ts';
import { keepOutcomes } from './conditions.ts';
import type { ShellSource } from './source.ts';
import { ShellState, type Variable } from './state.ts';
import { ownShell, type Surroundings } from './surroundings.ts';
import { Trace } from './trace.ts';
import { Walk } from './walk.ts';

/** Scripts that run each other this deep are followed. */
const maxDepth = 6;

/** How the files that commands run are found, and which file the walk is in. */
export interface RunFiles {
  readonly find: FindScript;
  /** Commands before the script that this walk reads. */
  readonly before: readonly ShellCommand[];
  /** The files that run each other, the outermost first. */
  readonly chain: readonly string[];
  readonly within?: NonNullable<ShellCommand['within']>;
}

/** At the start of a file stand the values that it is given. */
const start = { start: 0, end: 0 };

/**
 * Follows a file that a command runs or sources; `assigned` is what the command alone finds set. Values that go in or come out stand
 * where they arrive, and remember where they were. Answers whether it was followed.
 */
export function runFile(
  walk: Walk,
  file: ScriptFile,
  command: ShellCommand,
  assigned: ReadonlyMap<string, Template>,
  state: ShellState,
  around: Surroundings,
): boolean {
  const { files, trace, source } = walk;
  const { path } = file.source;
  if (!files || files.chain.length >= maxDepth || !trace.mayCall()) return false;
  // In a circle it does what it is doing already.
  if (files.chain.includes(path)) return true;
  const handIn = (value: Template, what: string) => passOn(value, start, source.path, what);
  const handOut = (value: Template, what: string) => passOn(value, command.span, path, what);
  const exported = file.sourced ? undefined : exportedNames(source);
  const outer = (name: string): Template | undefined => {
    const own = exported?.has(name) ? state.get(name) : undefined;
    const value = assigned.get(name) ?? (own?.kind === 'string' ? own.value : undefined) ?? walk.outer(name);
    return value && handIn(value, `env ${name}`);
  };
  const inner = ShellState.start(file.sourced ? state : { errexit: false, pipefail: false, posix: isPosix(file.source) }, outer);
  const given = file.sourced ? handVariables(state, inner, handIn) : new Map<string, Variable>();
  if (file.sourced) for (const [name, body] of state.functions) inner.functions.set(name, body);
  if (!file.sourced || file.args.length > 0) inner.setArguments(file.args.map(value => handIn(value, 'an argument')));
  if (!file.sourced) inner.set('0', { kind: 'string', value: handIn(file.name, 'the name of the script') });
  inner.clearPrinted();
  const read = new Trace(trace, value => handOut(value, `what ${path} writes`), file.sourced);
  const within = { path, call: files.within?.call ?? command.span };
  const inside: RunFiles = { ...files, before: [...files.before, ...trace.commands], chain: [...files.chain, path], within };
  const own = !file.sourced && { ...ownShell(command), apart: undefined };
  const deeper = { ...around, ...own, stdin: undefined, from: undefined, pipeline: undefined };
  const followed = walk.inside(() =>
    new Walk(file.source, read, outer, walk.depth, inside).statements(file.source.tree.commands, inner, deeper),
  );
  if (!followed) return false;
  trace.commands.push(...read.commands);
  if (around.stdout === 'pipe' || around.stdout === 'value')
    state.appendPrinted(handOut(inner.printed, `what ${path} prints`), command.span);
  const ways = inner.ended ? read.exits : [...read.exits, inner.facts()];
  if (!file.sourced) {
    if (command.node) keepOutcomes(command.node, { whenTrue: commonFacts(ways), whenFalse: noFacts });
    return true;
  }
  state.learn(inner.facts());
  takeBack(state, inner, given, handOut);
  for (const [name, body] of inner.functions) state.functions.set(name, body);
  return true;
}

/** Calls a function that is written in another text than the call: in a file that was sourced. */
export function callElsewhere(
  walk: Walk,
  writer: Walk,
  body: Parameters<Walk['simple']['call']>[0],
  command: ShellCommand,
  state: ShellState,
  around: Surroundings,
): void {
  if (writer.trace === walk.trace) {
    writer.simple.call(body, command.words, state, around, command.node);
    return;
  }
  const handIn = (value: Template, what: string) => passOn(value, start, walk.source.path, what);
  const inner = state.fork();
  const given = handVariables(state, inner, handIn);
  const before = writer.trace.commands.length;
  const words = command.words.map(word => ({ ...word, template: handIn(word.template, 'an argument') }));
  writer.simple.call(body, words, inner, around, command.node);
  state.learn(inner.facts());
  const within = writer.files?.within && { path: writer.source.path, call: walk.files?.within?.call ?? command.span };
  walk.trace.commands.push(...writer.trace.commands.splice(before).map(one => (within ? { ...one, within } : one)));
  takeBack(state, inner, given, (value, what) => passOn(value, command.span, writer.source.path, what));
  state.ended = inner.ended;
  state.mayHaveEnded ||= inner.mayHaveEnded;
}

/** Gives a file the variables that are set, as they stand there; answers them. */
function handVariables(
  state: ShellState,
  inner: ShellState,
  handIn: (value: Template, what: string) => Template,
): ReadonlyMap<string, Variable> {
  const given = new Map(
    [...state.variables()].map(([name, variable]) => [name, moved(variable, value => handIn(value, `shell variable ${name}`))]),
  );
  for (const [name, variable] of given) inner.set(name, variable);
  return given;
}

/** Takes what a file has set, as it stands at the command that ran it. */
function takeBack(
  state: ShellState,
  inner: ShellState,
  given: ReadonlyMap<string, Variable>,
  handOut: (value: Template, what: string) => Template,
): void {
  for (const [name, variable] of inner.variables()) {
    if (variable === given.get(name) || !/^[A-Za-z_]/.test(name)) continue;
    state.set(
      name,
      moved(variable, value => handOut(value, `shell variable ${name}`)),
    );
  }
}

function moved(variable: Variable, move: (value: Template) => Template): Variable {
  if (variable.kind === 'string') return { kind: 'string', value: move(variable.value) };
  if (variable.kind === 'array') return { ...variable, items: variable.items.map(move) };
  return { ...variable, entries: new Map([...variable.entries].map(([name, value]) => [name, move(value)])) };
}

/** `#!/bin/sh`: on GitHub's runners that is no bash. */
function isPosix(source: ShellSource): boolean {
  return /^#!\s?(?:\/usr)?\/bin\/(?:env )?(?:sh|dash)\b/.test(source.slice(0, 40));
}

/** Names that a script exports anywhere. */
function exportedNames(source: ShellSource): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, words = ''] of source
    .slice(0, Number.MAX_SAFE_INTEGER)
    .matchAll(/\b(?:export|declare -x|declare -gx|typeset -x)[ \t]([^\n;&|]*)/g)) {
    for (const word of words.split(/\s/)) names.add(word.split('=')[0] ?? '');
  }
  return names;
}
