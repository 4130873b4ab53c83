import {
  type ArithmeticCommand,
  type Command,
  forEachChild,
  type Redirection,
  type Statement,
  type SyntaxNode,
  type TestCommand,
} from 'unbash';
import { commonFacts, type Facts } from '../image/facts.ts';
import { trim } from '../image/split.ts';
import { hole, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { forgetCounted } from './arithmetic.ts';
import { assign, declarations, declare } from './assign.ts';
import { changeState } from './builtins.ts';
import type { ShellCommand } from './command.ts';
import { assume, keepOutcomes, type Outcomes } from './conditions.ts';
import { assignedBefore, describe } from './describe.ts';
import { callElsewhere, runFile } from './files.ts';
import { effective } from './nested.ts';
import { NestedSource } from './nestedSource.ts';
import { output } from './output.ts';
import { linesOf, separatorOf } from './reading.ts';
import { legacyOutput, namedSink } from './sinks.ts';
import { ShellState, type Sink } from './state.ts';
import { failureOf, hiddenBy, outermost, ownShell, redirected, type Surroundings } from './surroundings.ts';
import { variants } from './variants.ts';
import type { Walk } from './walk.ts';
import { type Argument, WordReader } from './words.ts';

interface Frame {
  readonly base: ShellState;
  readonly locals: Set<string>;
  readonly returns: ShellState[];
  /** The status with which each returned, where it is written. */
  readonly statuses: (boolean | undefined)[];
}

/** Most of what is printed goes to the log, where only `::warning::` and its like are looked at. */
function mayAnnounce(words: readonly Argument[]): boolean {
  return words.some(({ template: [first] }) => first?.kind === 'text' && first.text.startsWith('::'));
}

/** Runs simple commands: words, assignments, functions, shells inside, and what they print or write. */
export class Simple {
  readonly words: WordReader;
  readonly #walk: Walk;
  readonly #frames: Frame[] = [];
  /** What is around the words that are being read, and whether a substitution's status is the command's: `x=$(…)`. */
  #within: { readonly around: Surroundings; readonly keepsStatus: boolean } = { around: outermost, keepsStatus: false };

  constructor(walk: Walk) {
    this.#walk = walk;
    this.words = new WordReader({
      source: walk.source,
      outer: name => walk.outer(name),
      substitute: (script, state, at, source) => this.#substitute(script.commands, state, at, source),
    });
  }

  get mayHaveReturned(): boolean {
    return (this.#frames.at(-1)?.returns.length ?? 0) > 0;
  }

  run(node: Command, state: ShellState, before: Surroundings): void {
    const outer = this.#within;
    const around = redirected(this.withInput(before, node.redirects, state), node.redirects);
    this.#within = { around, keepsStatus: !node.name };
    if (node.name) {
      const words = this.words.arguments([node.name, ...node.args], state);
      const forms = variants(words);
      for (const form of forms) this.#command(node, form, state, forms.length > 1 ? { ...around, conditional: true } : around);
    } else for (const item of node.prefix) if (item.type === 'Assignment') assign(item, state, this.words);
    this.#within = outer;
  }

  /** `[[ … ]]` and `((…))`: what they run and change. */
  evaluate(node: TestCommand | ArithmeticCommand, state: ShellState, around: Surroundings): void {
    if (node.type === 'ArithmeticCommand') {
      forgetCounted(node.body, state, this.#walk.source.span(node.pos, node.end));
      return;
    }
    const outer = this.#within;
    this.#within = { around, keepsStatus: false };
    const visit = (child: SyntaxNode): void => {
      if (child.type === 'Word') this.words.value(child, state);
      else forEachChild(child, visit);
    };
    visit(node);
    this.#within = outer;
  }

  /** With what is read from a here-document, a here-string or a file. */
  withInput(around: Surroundings, redirects: readonly Redirection[], state: ShellState): Surroundings {
    if (redirects.length === 0) return around;
    const stdin = this.words.input(redirects, state);
    return stdin ? { ...around, stdin, from: undefined } : around;
  }

  /** What `while read -r x` reads turn by turn, where that is known; `|| [ -n "$x" ]` takes what follows the last line break, too. */
  linesRead(
    clause: { readonly commands: readonly Statement[] },
    state: ShellState,
    around: Surroundings,
  ): { name: string; items: readonly Template[] } | undefined {
    const [statement, ...more] = clause.commands;
    const all = statement?.command.type === 'AndOr' ? statement.command : undefined;
    const command = all ? all.commands[0] : statement?.command;
    if (more.length > 0 || command?.type !== 'Command' || command.name?.value !== 'read') return undefined;
    const [name, ...others] = command.args.filter(({ text }) => !text.startsWith('-')).map(({ text }) => text);
    if (!name || others.length > 0 || !/^\w+$/.test(name) || !around.stdin) return undefined;
    if (all && !takesLast(this.#walk.source.slice(all.pos, all.end), name)) return undefined;
    const separator = separatorOf(command, state, this.words);
    const list =
      separator?.trim() === '' ? linesOf(around.stdin, this.#walk.source.span(command.pos, command.end), all !== undefined) : undefined;
    return list?.kind === 'array' ? { name, items: separator === '' ? list.items : list.items.map(trim) } : undefined;
  }

  #command(node: Command, words: readonly Argument[], state: ShellState, around: Surroundings): void {
    const span = this.#walk.source.span(node.pos, node.end);
    const name = literal(words[0]?.template ?? []) ?? '';
    const command = describe(node, words, span, state, around, this.words, this.#walk.files?.within);
    const body = state.functions.get(name);
    if (body) {
      this.#walk.trace.commands.push({ ...command, isFunction: true });
      const writer = this.#walk.trace.writers.get(body) ?? this.#walk;
      if (writer === this.#walk) this.call(body, words, state, around, node);
      else callElsewhere(this.#walk, writer, body, command, state, around);
      return;
    }
    const inner = effective(command, around.stdin);
    if (inner.kind === 'script') {
      this.#nested(inner, command, state, around);
      return;
    }
    for (const each of inner.commands) this.#walk.trace.commands.push(each);
    const [only] = inner.commands;
    const at = this.#walk.trace.commands.length - 1;
    if (only && inner.commands.length === 1 && this.#runFile(only, node, state, around)) {
      this.#walk.trace.commands[at] = { ...only, isFollowed: true };
      return;
    }
    this.#effects(node, words, state, around, span);
  }

  /** A script of the repository, where the command runs one. */
  #runFile(command: ShellCommand, node: Command, state: ShellState, around: Surroundings): boolean {
    const { files, trace } = this.#walk;
    const file = files?.find(command, () => [...files.before, ...trace.commands], files.within?.path);
    return file !== undefined && runFile(this.#walk, file, command, assignedBefore(node, state, this.words), state, around);
  }

  /** What the command prints and writes, and what it changes for those that follow. */
  #effects(node: Command, words: readonly Argument[], state: ShellState, around: Surroundings, span: Span): void {
    const name = literal(words[0]?.template ?? []) ?? '';
    const conditional = around.conditional || state.mayHaveEnded || state.mayHaveLeft;
    const teed = name === 'tee' ? namedSink(node.args.map(({ text }) => text).join(' ')) : undefined;
    const says = name === 'printf' || (name === 'echo' && (around.stdout !== 'log' || mayAnnounce(words)));
    if (around.sink || teed || says || around.stdout === 'pipe' || around.stdout === 'value') {
      const text = output(name, words.slice(1), around.stdin, span) ?? hole(`$(${name})`, 'unknown', span);
      const sinks: readonly (Sink | undefined)[] = [around.sink, teed];
      for (const sink of sinks) if (sink) this.#walk.trace.write(sink, text, conditional, span);
      if (around.stdout === 'pipe' || around.stdout === 'value') state.appendPrinted(text, span);
      else if (says && !around.sink) this.#said(text, conditional, span, around);
    }
    if (declarations.has(name)) declare(name, node, state, this.words, this.#frames.at(-1)?.locals);
    else if (name === 'return') this.#return(state, words[1]?.template);
    else if (name === 'break' || name === 'continue') this.#walk.loops.leave(name, state);
    else changeState(name, words, node, state, around, this.words, this.#walk.trace.exits);
  }

  /** Commands to the runner among what goes to the log: `::warning::`, the older `::set-output`. */
  #said(text: Template, conditional: boolean, span: Span, { stdout }: Surroundings): void {
    const [first] = text;
    if (stdout !== 'log' || first?.kind !== 'text' || !first.text.startsWith('::')) return;
    const legacy = legacyOutput(text);
    if (legacy) this.#walk.trace.write('output', legacy, conditional, span);
    const level = /^::(error|warning|notice)[ :]/.exec(first.text)?.[1] as 'error' | 'warning' | 'notice' | undefined;
    if (level) this.#walk.trace.announcements.push({ level, text, span });
  }

  #return(state: ShellState, status: Template | undefined): void {
    const frame = this.#frames.at(-1);
    if (frame) {
      const text = status && literal(status);
      frame.statuses.push(text === undefined || !/^\d+$/.test(text) ? undefined : Number(text) === 0);
      frame.returns.push(state.since(frame.base));
      state.mayHaveLeft = true;
    }
    state.ended = true;
  }

  /** Runs a function that is written in this text. */
  call(
    body: NonNullable<ReturnType<ShellState['functions']['get']>>,
    words: readonly Argument[],
    state: ShellState,
    around: Surroundings,
    node?: Command,
  ): void {
    if (!this.#walk.trace.enter(body)) return;
    const inner = state.fork();
    inner.setArguments(words.slice(1).map(({ template }) => template));
    const frame: Frame = { base: state, locals: new Set(), returns: [], statuses: [] };
    this.#frames.push(frame);
    this.#walk.node(body, inner, { ...around, pipeline: undefined, returnFailure: failureOf(around, state) });
    this.#frames.pop();
    this.#walk.trace.leave(body);
    if (node) keepOutcomes(node, this.#outcomes(body, inner, frame));
    const left = state.mayHaveLeft;
    const after = state.fork();
    after.join([inner, ...frame.returns], words[0]?.span ?? { start: 0, end: 0 });
    state.adopt(after, frame.locals);
    state.ended = after.ended;
    state.mayHaveLeft = left;
  }

  /** What is known where the function succeeded: its last command did, or it returned so. */
  #outcomes(body: NonNullable<ReturnType<ShellState['functions']['get']>>, inner: ShellState, { returns, statuses }: Frame): Outcomes {
    const known = (truth: boolean): Facts => {
      const ways = returns.filter((_, index) => statuses[index] === undefined || statuses[index] === truth).map(way => way.facts());
      if (inner.ended) return commonFacts(ways);
      const last = inner.fork();
      const command = lastOf(body);
      if (command) assume(command, truth, last, this.words);
      return commonFacts([...ways, last.facts()]);
    };
    return { whenTrue: known(true), whenFalse: known(false) };
  }

  /** A shell that the command starts. */
  #nested(
    { text, options, remote, args }: Extract<ReturnType<typeof effective>, { kind: 'script' }>,
    command: ShellCommand,
    state: ShellState,
    around: Surroundings,
  ): void {
    const inner = remote ? ShellState.start(options) : state.fork();
    Object.assign(inner, { errexit: options.errexit, pipefail: options.pipefail });
    if (args) inner.setArguments(args);
    this.#walk.nested(new NestedSource(text, this.#walk.source.path), inner, {
      ...around,
      ...ownShell(command),
      stdin: undefined,
      from: undefined,
      pipeline: undefined,
      apart: true,
      ...(remote && { remote: true as const }),
    });
    state.print(inner);
  }

  #substitute(commands: readonly Statement[], state: ShellState, at: Span, source: string): Template {
    const { around, keepsStatus } = this.#within;
    const inner = state.fork();
    // bash drops `-e` in a `$(…)`.
    if (!state.posix) inner.errexit = false;
    inner.clearPrinted();
    const followed = this.#walk.inside(() =>
      this.#walk.statements(commands, inner, {
        ...around,
        fate: 'last',
        guarded: state.posix && around.guarded,
        asked: undefined,
        shellFailure: keepsStatus ? failureOf(around, state) : 'ignored',
        hiddenBy: keepsStatus ? hiddenBy(around) : 'value',
        sink: undefined,
        apart: true,
        stdout: 'value',
        pipeline: undefined,
      }),
    );
    return followed ? inner.printed : hole(source, 'unknown', at);
  }
}

/** The command whose status is a function's. */
function lastOf(body: NonNullable<ReturnType<ShellState['functions']['get']>>): Statement['command'] | undefined {
  const inner = body.type === 'BraceGroup' ? body.body : body;
  return inner.type === 'CompoundList' ? inner.commands.at(-1)?.command : undefined;
}

/** `read -r x || [ -n "$x" ]`. */
function takesLast(clause: string, name: string): boolean {
  const test = /\|\|\s*\[\[? -n "?\$\{?(\w+)\}?"? \]\]?$/.exec(clause.trim());
  return test?.[1] === name;
}
