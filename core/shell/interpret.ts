import type {
  AndOr,
  Case,
  Command,
  CommandNode,
  CompoundList,
  For,
  If,
  ParsedScript,
  Pipeline,
  PipelineNode,
  Statement,
  While,
} from 'unbash';
import { choice, hole, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { printed, shiftedArguments, substitution } from './builtins.ts';
import type { Script } from './script.ts';
import { legacyOutput, namedSink, SinkText, sinkOf } from './sinks.ts';
import { bounded, ShellState, type Sink, type Variable } from './state.ts';
import { type Argument, WordReader } from './words.ts';

/** A command that the script may run, with its words expanded; the name is the first word. */
export interface ShellCommand {
  readonly words: readonly Argument[];
  /** The command in the file. */
  readonly span: Span;
  /** It stands in a branch, a loop or behind `&&`/`||`, so it may not run. */
  readonly conditional: boolean;
  /** The here-document that it reads. */
  readonly input?: Template;
  /** What becomes of its failure: it ends the script, something asks about it, or nobody sees it. */
  readonly failure: 'fatal' | 'tested' | 'ignored';
  /** The command of the tree, where it is written in the script itself. */
  readonly node?: Command;
  /** The command whose output it reads: `from | this`. */
  readonly from?: ShellCommand;
  /** It runs on another machine. */
  readonly remote?: true;
  /** It calls a function of the script, whose commands follow. */
  readonly isFunction?: true;
  /** Variables of the script at this point, and those set for this command alone (`TAG=1 docker compose push`); only for programs that read their environment. */
  readonly variables?: ReadonlyMap<string, Template>;
}

export interface ShellResult {
  readonly commands: readonly ShellCommand[];
  /** What the step leaves in `$GITHUB_OUTPUT` and `$GITHUB_ENV`, by name. */
  readonly outputs: ReadonlyMap<string, Template>;
  readonly env: ReadonlyMap<string, Template>;
}

/** Deeper nesting and more function calls than people write: what lies beyond is not followed. */
const maxDepth = 40;
const maxVariables = 1000;

/** Programs, or parts of them, whose files or options name variables. */
const readsVariables: ReadonlySet<string> = new Set(['docker-compose', 'podman-compose', 'compose', 'stack', 'bake', 'ko']);

const declarations: ReadonlySet<string> = new Set(['export', 'declare', 'local', 'readonly', 'typeset']);

/** Walks a script once, in order: commands with their values, and what is written for later steps. Never throws on bad shell. */
export function interpret(script: Script, environment: ReadonlyMap<string, Template>): ShellResult {
  const walk = new Walk(script, environment);
  walk.statements(script.tree.commands, new ShellState(name => environment.get(name)));
  return { commands: walk.commands, outputs: walk.sinks.output.entries(), env: walk.sinks.env.entries() };
}

class Walk {
  readonly commands: ShellCommand[] = [];
  readonly sinks = { output: new SinkText(), env: new SinkText(), summary: new SinkText() };
  readonly #script: Script;
  readonly #words: WordReader;
  #depth = 0;
  #conditional = 0;
  /** Whose output the commands of a pipeline's next part read. */
  #from: ShellCommand | undefined;

  constructor(script: Script, environment: ReadonlyMap<string, Template>) {
    this.#script = script;
    this.#words = new WordReader(script, environment, (inner, state, at, source) => this.#substitute(inner, state, at, source));
  }

  statements(list: readonly Statement[], state: ShellState, sink?: Sink): void {
    for (const { command } of list) {
      if (state.ended) return;
      this.#node(command, state, sink);
    }
  }

  #node(node: PipelineNode | AndOr | CompoundList, state: ShellState, sink?: Sink): void {
    if (this.#depth >= maxDepth) return;
    this.#depth++;
    switch (node.type) {
      case 'CompoundList':
        this.statements(node.commands, state, sink);
        break;
      case 'AndOr':
        this.#andOr(node, state, sink);
        break;
      case 'Pipeline':
        this.#pipeline(node, state, sink);
        break;
      default:
        this.#command(node, state, sink);
    }
    this.#depth--;
  }

  #command(node: CommandNode, state: ShellState, sink?: Sink): void {
    switch (node.type) {
      case 'Command':
        this.#simple(node, state, sink);
        break;
      case 'If':
        this.#if(node, state, sink);
        break;
      case 'Case':
        this.#case(node, state, sink);
        break;
      case 'For':
        this.#for(node, state, sink);
        break;
      case 'While':
        this.#while(node, state, sink);
        break;
      case 'BraceGroup':
        this.#node(node.body, state, sink);
        break;
      case 'Subshell':
        this.#node(node.body, state.fork(), sink);
        break;
      case 'Redirected':
        this.#command(node.command, state, sinkOf(node.redirects) ?? sink);
        break;
      case 'Function':
        state.functions.set(node.name.value, node.body);
        break;
      default:
        break;
    }
  }

  #simple(node: Command, state: ShellState, outer?: Sink): void {
    if (!node.name) {
      for (const item of node.prefix) if (item.type === 'Assignment') this.#assign(item, state);
      return;
    }
    const span = this.#script.span(node.pos, node.end);
    const words = this.#words.arguments([node.name, ...node.args], state);
    const name = literal(words[0]?.template ?? []) ?? '';
    this.#run(node, name, words, state, outer);
    const input = this.#words.hereDocument(node.redirects, state);
    const variables =
      node.prefix.length > 0 || words.slice(0, 4).some(({ template }) => readsVariables.has(literal(template) ?? ''))
        ? this.#variables(node, state)
        : undefined;
    this.commands.push({
      words,
      span,
      conditional: this.#conditional > 0,
      ...(input && { input }),
      failure: 'fatal',
      node,
      ...(this.#from && { from: this.#from }),
      ...(state.functions.has(name) && { isFunction: true }),
      ...(variables && { variables }),
    });
  }

  #variables(node: Command, state: ShellState): ReadonlyMap<string, Template> {
    const values = new Map<string, Template>();
    for (const [name, variable] of state.variables) if (variable.kind === 'string') values.set(name, variable.value);
    for (const item of node.prefix) {
      if (item.type === 'Assignment' && item.value.type === 'Word') values.set(item.name, this.#words.value(item.value, state));
    }
    return values;
  }

  #run(node: Command, name: string, words: readonly Argument[], state: ShellState, outer?: Sink): void {
    const teed = name === 'tee' ? namedSink(node.args.map(({ text }) => text).join(' ')) : undefined;
    const sink = sinkOf(node.redirects) ?? (node.redirects.length > 0 ? teed : undefined) ?? outer;
    if (sink) this.sinks[sink].append(this.#output(node, name, words, state), this.#conditional > 0);
    const legacy = name === 'echo' && words[1] ? legacyOutput(words[1].template) : undefined;
    if (legacy) this.sinks.output.append(legacy, this.#conditional > 0);
    if (declarations.has(name)) {
      for (const argument of node.args) if (argument.type === 'Assignment') this.#assign(argument, state);
      return;
    }
    switch (name) {
      case 'set':
      case 'shift':
        state.setArguments(shiftedArguments(name, words, state.arguments));
        return;
      case 'unset':
        for (const { template } of words.slice(1)) state.variables.delete(literal(template) ?? '');
        return;
      case 'read':
      case 'mapfile':
      case 'readarray':
        for (const word of words.slice(1)) {
          const target = literal(word.template) ?? '';
          if (/^[A-Za-z_]/.test(target)) state.variables.set(target, { kind: 'string', value: hole(`$${target}`, 'unknown', word.span) });
        }
        return;
      case 'exit':
      case 'return':
        state.ended = true;
        return;
      default:
        this.#callFunction(name, words, state, sink);
    }
  }

  #callFunction(name: string, words: readonly Argument[], state: ShellState, sink?: Sink): void {
    const body = state.functions.get(name);
    if (!body || this.#depth >= maxDepth / 2) return;
    const inner = state.fork();
    inner.setArguments(words.slice(1).map(({ template }) => template));
    this.#node(body, inner, sink);
    for (const [key, value] of inner.variables) if (!/^[\d@]/.test(key)) state.variables.set(key, value);
  }

  /** What a command prints, where it is one whose output is its arguments. */
  #output(node: Command, name: string, words: readonly Argument[], state: ShellState): Template {
    const input = name === 'cat' || name === 'tee' ? this.#words.hereDocument(node.redirects, state) : undefined;
    if (input) return input;
    const span = this.#script.span(node.pos, node.end);
    return printed(name, words.slice(1), span) ?? hole(`$(${name})`, 'unknown', span);
  }

  #assign({ name, value, append, index, pos, end }: Extract<Command['prefix'][number], { type: 'Assignment' }>, state: ShellState): void {
    const before = state.variables.get(name);
    if (!before && state.variables.size >= maxVariables) return;
    if (value.type === 'ArrayValue') {
      const items = value.elements.flatMap(element => this.#words.expand(element, state).map(({ template }) => template));
      const kept = append && before ? (before.kind === 'array' ? before.items : [before.value]) : [];
      state.variables.set(name, bounded({ kind: 'array', items: [...kept, ...items] }, name, this.#script.span(pos, end)));
      return;
    }
    const next = this.#words.value(value, state);
    if (index) {
      state.variables.set(name, { kind: 'array', items: [...(before?.kind === 'array' ? before.items : []), next] });
      return;
    }
    const span = this.#script.span(pos, end);
    const old = append ? (before?.kind === 'string' ? before.value : (this.#words.variable(name, state, span) ?? [])) : [];
    state.variables.set(name, bounded({ kind: 'string', value: [...old, ...next] }, name, span));
  }

  #andOr(node: AndOr, state: ShellState, sink?: Sink): void {
    const [first, ...rest] = node.commands;
    if (first) this.#node(first, state, sink);
    this.#maybe(() => {
      for (const [index, command] of rest.entries()) {
        const branch = state.fork();
        this.#node(command, branch, sink);
        // `… || exit 1`: what goes on is the way on which the check held.
        state.join(
          node.operators[index] === '||' && branch.ended ? [state.fork()] : [branch, state.fork()],
          this.#script.span(node.pos, node.end),
        );
      }
    });
  }

  #pipeline(node: Pipeline, state: ShellState, sink?: Sink): void {
    const last = node.commands.at(-1);
    const tee = last?.type === 'Command' && last.name?.value === 'tee' ? namedSink(last.args.map(({ text }) => text).join(' ')) : undefined;
    const outer = this.#from;
    for (const [index, command] of node.commands.entries()) {
      const before = this.commands.length;
      // Each part runs in a subshell; only what ends up in the file counts.
      const writes = index === node.commands.length - 1 ? sink : index === node.commands.length - 2 ? tee : undefined;
      this.#command(command, node.commands.length === 1 ? state : state.fork(), writes);
      if (this.commands.length > before) this.#from = this.commands.at(-1);
    }
    this.#from = outer;
  }

  #if(node: If, state: ShellState, sink?: Sink): void {
    this.#node(node.clause, state, sink);
    const branches: ShellState[] = [];
    this.#maybe(() => {
      for (const body of [node.then, ...node.elif.map(({ then }) => then), ...(node.else ? [node.else] : [])]) {
        const branch = state.fork();
        this.#node(body, branch, sink);
        branches.push(branch);
      }
    });
    if (!node.else) branches.push(state.fork());
    state.join(branches, this.#script.span(node.pos, node.end));
  }

  #case(node: Case, state: ShellState, sink?: Sink): void {
    const branches: ShellState[] = [];
    this.#maybe(() => {
      for (const { body } of node.items) {
        const branch = state.fork();
        this.#node(body, branch, sink);
        branches.push(branch);
      }
    });
    if (!node.items.some(({ pattern }) => pattern.some(({ text }) => text === '*'))) branches.push(state.fork());
    state.join(branches, this.#script.span(node.pos, node.end));
  }

  #for(node: For, state: ShellState, sink?: Sink): void {
    const at = this.#script.span(node.name.pos, node.name.end);
    const items = (node.wordlist ?? []).flatMap(word => this.#words.expand(word, state).map(({ template }) => template));
    const value: Variable = { kind: 'string', value: items.length > 0 ? choice(items, at) : hole(`$${node.name.value}`, 'unknown', at) };
    state.variables.set(node.name.value, value);
    this.#maybe(() => {
      const branch = state.fork();
      this.#node(node.body, branch, sink);
      state.join([branch, state.fork()], at);
    });
  }

  #while(node: While, state: ShellState, sink?: Sink): void {
    this.#maybe(() => {
      const branch = state.fork();
      this.#node(node.clause, branch, sink);
      this.#node(node.body, branch, sink);
      state.join([branch, state.fork()], this.#script.span(node.pos, node.end));
    });
  }

  #maybe(run: () => void): void {
    this.#conditional++;
    run();
    this.#conditional--;
  }

  #substitute(inner: ParsedScript, state: ShellState, at: Span, source: string): Template {
    if (this.#depth >= maxDepth) return hole(source, 'unknown', at);
    this.#depth++;
    const from = this.commands.length;
    this.statements(inner.commands, state.fork());
    this.#depth--;
    return substitution(this.commands.slice(from), at, source) ?? hole(source, 'unknown', at);
  }
}
