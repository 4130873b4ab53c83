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
): ShellCommand {
  const { stdin, from, pipeline, remote, stdout, stderr, loops } = around;
  const failure = failureOf(around, state);
  const hasInput = stdin !== undefined && !from;
  const named = node.prefix.length > 0 || words.slice(0, 4).some(({ template }) => readsVariables.has(literal(template) ?? ''));
  return {
    words,
    span,
    conditional: around.conditional || state.mayHaveEnded || state.mayHaveLeft,
    failure,
    ...(failure === 'ignored' && { hiddenBy: hiddenBy(around) }),
    node,
    stdout,
    stderr,
    loops,
    ...(hasInput && { input: withoutFinalBreaks(stdin) }),
    ...(pipeline && { pipeline: pipeline.of, position: pipeline.position }),
    ...(from && { from }),
    ...(remote && { remote }),
    ...(named && { variables: variablesAt(node, state, reader) }),
  };
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
