import type { Redirection, Statement } from 'unbash';
import type { Template } from '../image/template.ts';
import type { Failure, HiddenBy, ShellCommand, ShellPipeline, Stream } from './command.ts';
import type { Handling } from './handling.ts';
import { sinkOf } from './sinks.ts';
import type { ShellSource } from './source.ts';
import type { ShellState, Sink } from './state.ts';

/**
 * What the status of a place in the script means: the next statement follows and only `-e` cares, it is the status of the whole
 * shell, or its failure is dealt with in one of the three ways.
 */
export type Fate = 'next' | 'last' | Failure;

/** What surrounds a command; handed down the tree. */
export interface Surroundings {
  readonly fate: Fate;
  /** In a condition or left of `&&`/`||`: `-e` does not work here, nor in functions called from here. */
  readonly guarded: boolean;
  /** What the next statement looks at: `$?`, or `PIPESTATUS` with the status of each part of a pipe. */
  readonly asked: 'last' | 'each' | undefined;
  /** What becomes of this shell when it ends with a failure: the step's fails the job, a `$(…)`'s is its assignment's. */
  readonly shellFailure: Failure;
  /** What becomes of the running function when it returns a failure. */
  readonly returnFailure: Failure;
  /** Where `fate` or `shellFailure` is `ignored`. */
  readonly hiddenBy?: HiddenBy | undefined;
  readonly conditional: boolean;
  /** In a shell of its own (`( )`, `$( )`, a pipe): an `exit` ends that alone. */
  readonly apart?: true | undefined;
  readonly loops: number;
  /** The file of the runner that output is appended to. */
  readonly sink?: Sink | undefined;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** What is read, where that is known. */
  readonly stdin?: Template | undefined;
  /** Whose output is read. */
  readonly from?: ShellCommand | undefined;
  readonly pipeline?: { readonly of: ShellPipeline; readonly position: number } | undefined;
  readonly remote?: true;
}

/** Around a whole script. */
export const outermost: Surroundings = {
  fate: 'last',
  guarded: false,
  asked: undefined,
  shellFailure: 'fatal',
  returnFailure: 'fatal',
  conditional: false,
  loops: 0,
  stdout: 'log',
  stderr: 'log',
};

/** In a shell of its own only the last status matters to the command that started it. */
export function ownShell({ failure, hiddenBy: hidden, conditional }: ShellCommand): Partial<Surroundings> {
  return { fate: 'last', guarded: false, asked: undefined, shellFailure: failure, hiddenBy: hidden, conditional };
}

/** Whether what follows is reached by a command's success alone, or nothing follows and the shell's status is its. */
export function mustSucceed({ fate, guarded }: Surroundings, { errexit }: ShellState): boolean {
  return !guarded && (fate === 'last' || (fate === 'next' && errexit === true));
}

/** What becomes of a failure here. */
export function failureOf({ fate, guarded, asked, shellFailure }: Surroundings, { errexit }: ShellState): Failure {
  if (fate === 'last') return shellFailure;
  if (fate !== 'next') return fate;
  if (!guarded && errexit !== false) return errexit ? shellFailure : 'tested';
  return asked ? 'tested' : 'ignored';
}

/** Why a failure that is ignored here is not seen. */
export function hiddenBy({ fate, guarded, hiddenBy: given }: Surroundings): HiddenBy {
  return fate === 'next' ? (guarded ? 'condition' : 'options') : (given ?? 'condition');
}

/** With a command's or a block's redirections applied, in their order. */
export function redirected(around: Surroundings, redirects: readonly Redirection[]): Surroundings {
  if (redirects.length === 0) return around;
  let { stdout, stderr } = around;
  let sink = around.sink;
  for (const redirect of redirects) {
    if (redirect.type !== 'Redirect') continue;
    const target = redirect.target?.text ?? '';
    const into: Stream = /^["']?\/dev\/null["']?$/.test(target) ? 'null' : 'file';
    const descriptor = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : 1;
    if (redirect.operator === '&>' || redirect.operator === '&>>') {
      [stdout, stderr, sink] = [into, into, sinkOf([redirect])];
    } else if (redirect.operator === '>&') {
      if (target === '1' && descriptor === 2) stderr = stdout;
      else if (target === '2' && descriptor === 1) [stdout, sink] = [stderr, undefined];
      else if (!/^\d$|^-$/.test(target)) [stdout, stderr, sink] = [into, into, sinkOf([redirect])];
    } else if (redirect.operator.startsWith('>')) {
      if (descriptor === 2) stderr = into;
      else if (descriptor === 1) [stdout, sink] = [into, sinkOf([redirect])];
    }
  }
  return { ...around, stdout, stderr, sink };
}

/** A condition: `if` asks for its status. */
export function tested(around: Surroundings): Surroundings {
  return { ...around, fate: 'tested', guarded: true, asked: undefined };
}

/** What the command behind `||` makes of the failure before it. */
export function fateOf(handled: Handling, around: Surroundings, state: ShellState): Failure {
  switch (handled) {
    case 'ends':
      return around.shellFailure;
    case 'returns':
      return around.returnFailure;
    case 'fails':
      return failureOf(around, state);
    case 'passes':
    case 'announces':
      return 'ignored';
    case 'acts':
      return 'tested';
  }
}

/** What a statement's first command looks at of the one before. */
export function asksForStatus(source: ShellSource, { command }: Statement): Surroundings['asked'] {
  const [first = command] = command.type === 'AndOr' ? command.commands : [command];
  const read = first.type === 'If' || first.type === 'While' ? first.clause : first.type === 'Case' ? first.word : first;
  if (read.type === 'For' || read.type === 'Function') return undefined;
  const text = source.slice(read.pos, read.end);
  return text.includes('PIPESTATUS') ? 'each' : /\$(?:\?|\{\?)/.test(text) ? 'last' : undefined;
}
