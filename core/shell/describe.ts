import type { Command } from 'unbash';
import { literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ShellCommand } from './command.ts';
import type { ShellState } from './state.ts';
import { failureOf, hiddenBy, type Surroundings } from './surroundings.ts';
import { withoutFinalBreaks } from './value.ts';
import type { Argument, WordReader } from './words.ts';

/** Programs, or parts of them, whose files or options name variables. */
const readsVariables: ReadonlySet<string> = new Set([
  'docker-compose',
  'podman-compose',
  'compose',
  'stack',
  'bake',
  'ko',
  'envsubst',
  'yq',
]);

/** A command with its words, as it stands among others: what becomes of its failure and its output, what it reads. */
export function describe(
  node: Command,
  words: readonly Argument[],
  span: Span,
  state: ShellState,
  around: Surroundings,
  reader: WordReader,
  within?: ShellCommand['within'],
): ShellCommand {
  const { stdin, from, pipeline, remote, stdout, stderr, loops } = around;
  const failure = failureOf(around, state);
  const hasInput = stdin !== undefined && !from;
  const conditional = around.conditional || state.mayHaveEnded || state.mayHaveLeft;
  const command: Described = { words, span, conditional, failure, node, stdout, stderr, loops };
  if (failure === 'ignored') command.hiddenBy = hiddenBy(around);
  if (hasInput) command.input = withoutFinalBreaks(stdin);
  if (pipeline) {
    command.pipeline = pipeline.of;
    command.position = pipeline.position;
  }
  if (from) command.from = from;
  if (remote) command.remote = remote;
  if (within) command.within = within;
  if (node.prefix.length > 0 || mayReadVariables(words)) command.variables = variablesAt(node, state, reader);
  return command;
}

/** Scripts are made of commands: each is put together in place. */
type Described = { -readonly [K in keyof ShellCommand]: ShellCommand[K] };

function mayReadVariables(words: readonly Argument[]): boolean {
  for (let index = 0; index < 4 && index < words.length; index++) {
    if (readsVariables.has(literal(words[index]?.template ?? []) ?? '')) return true;
  }
  return false;
}

/** `NAME=value` before the command's name. */
export function assignedBefore(node: Command, state: ShellState, reader: WordReader): ReadonlyMap<string, Template> {
  return new Map(
    node.prefix.flatMap(item =>
      item.type === 'Assignment' && item.value.type === 'Word' ? [[item.name, reader.value(item.value, state)] as const] : [],
    ),
  );
}

function variablesAt(node: Command, state: ShellState, reader: WordReader): ReadonlyMap<string, Template> {
  const values = new Map<string, Template>();
  for (const [name, variable] of state.variables()) if (variable.kind === 'string') values.set(name, variable.value);
  return new Map([...values, ...assignedBefore(node, state, reader)]);
}
