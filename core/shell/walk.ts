import type { AndOr, Case, CommandNode, CompoundList, If, Pipeline, PipelineNode, Statement } from 'unbash';
import type { Template } from '../image/template.ts';
import { Checks } from './checks.ts';
import type { ShellCommand } from './command.ts';
import { assume, assumeCase, assumeNotCase, decide, decideCase, hasOutcomes } from './conditions.ts';
import type { RunFiles } from './files.ts';
import { handling } from './handling.ts';
import { isNegated, Lists } from './lists.ts';
import { Loops } from './loops.ts';
import { Simple } from './simple.ts';
import type { ShellSource } from './source.ts';
import type { ShellState } from './state.ts';
import { asksForStatus, failureOf, hiddenBy, mustSucceed, redirected, type Surroundings, tested } from './surroundings.ts';
import type { Trace } from './trace.ts';

/** Deeper nesting than people write: what lies beyond is not followed. */
const maxDepth = 40;

/** Goes through a script in order, branch by branch. */
export class Walk {
  readonly source: ShellSource;
  readonly trace: Trace;
  readonly simple: Simple;
  readonly loops: Loops;
  readonly #lists: Lists;
  readonly checks: Checks;
  depth: number;
  #waits: boolean | undefined;

  /** A variable that the script finds set. */
  readonly outer: (name: string) => Template | undefined;
  /** Absent where the files that commands run are not followed. */
  readonly files: RunFiles | undefined;

  constructor(source: ShellSource, trace: Trace, outer: (name: string) => Template | undefined, depth = 0, files?: RunFiles) {
    this.source = source;
    this.trace = trace;
    this.outer = outer;
    this.depth = depth;
    this.files = files;
    this.simple = new Simple(this);
    this.loops = new Loops(this);
    this.checks = new Checks(source, trace, this.simple.words);
    this.#lists = new Lists(this);
  }

  statements(list: readonly Statement[], state: ShellState, around: Surroundings): void {
    // All but the last statement stand in the same surroundings, mostly.
    let inside: Surroundings | undefined;
    for (const [index, { command, background }] of list.entries()) {
      if (state.ended) return;
      const next = list[index + 1];
      const asked = next && asksForStatus(this.source, next);
      if (background) {
        const aside = state.fork();
        this.node(command, aside, { ...around, fate: this.#isWaitedFor() ? 'tested' : 'ignored', guarded: true, hiddenBy: 'background' });
        state.print(aside);
      } else if (next) {
        if (inside?.asked !== asked || !inside) inside = { ...around, fate: 'next', asked };
        this.#statement(command, state, inside);
      } else this.#statement(command, state, around);
    }
  }

  /** With `-e` what follows a command is reached by its success alone. */
  #statement(command: Statement['command'], state: ShellState, around: Surroundings): void {
    this.node(command, state, around);
    if (state.ended || !mayBeCheck(command, state)) return;
    const stops = mustSucceed(around, state);
    this.checks.bare(command, state, stops, around);
    if (!stops || isNegated(command)) return;
    if (handling([command], state.functions) === 'fails') state.ended = true;
    else assume(command, true, state, this.simple.words);
  }

  /** `wait $PID` gives the status of what ran in the background; `wait` alone gives none. */
  #isWaitedFor(): boolean {
    this.#waits ??= /(?:^|[\s;&])wait [-"$%\d]/.test(this.source.slice(0, Number.MAX_SAFE_INTEGER));
    return this.#waits;
  }

  node(node: PipelineNode | AndOr | CompoundList, state: ShellState, around: Surroundings): void {
    if (this.depth >= maxDepth) return;
    this.depth++;
    switch (node.type) {
      case 'CompoundList':
        this.statements(node.commands, state, around);
        break;
      case 'AndOr':
        this.#lists.run(node, state, around);
        break;
      case 'Pipeline':
        this.#pipeline(node, state, around);
        break;
      default:
        this.command(node, state, around);
    }
    this.depth--;
  }

  /** Whether `run` was run: one level deeper, unless that is too deep. */
  inside(run: () => void): boolean {
    if (this.depth >= maxDepth) return false;
    this.depth++;
    run();
    this.depth--;
    return true;
  }

  /** A script inside this one, that another shell reads; on another machine it finds nothing set. */
  nested(source: ShellSource, state: ShellState, around: Surroundings): void {
    const outer = around.remote ? () => undefined : this.outer;
    this.inside(() =>
      new Walk(source, this.trace, outer, this.depth, around.remote ? undefined : this.files).statements(
        source.tree.commands,
        state,
        around,
      ),
    );
  }

  command(node: CommandNode, state: ShellState, around: Surroundings): void {
    switch (node.type) {
      case 'Command':
        this.simple.run(node, state, around);
        break;
      case 'If':
        this.#if(node, state, around);
        break;
      case 'Case':
        this.#case(node, state, around);
        break;
      case 'For':
      case 'While':
      case 'ArithmeticFor':
      case 'Select':
        this.loops.run(node, state, around);
        break;
      case 'BraceGroup':
        this.node(node.body, state, around);
        break;
      case 'Subshell': {
        const inner = state.fork();
        const own = { fate: 'last', shellFailure: failureOf(around, state), hiddenBy: hiddenBy(around), apart: true } as const;
        this.node(node.body, inner, { ...around, ...own });
        state.print(inner);
        break;
      }
      case 'Redirected':
        this.command(node.command, state, redirected(this.simple.withInput(around, node.redirects, state), node.redirects));
        break;
      case 'Function':
        state.functions.set(node.name.value, node.body);
        this.trace.writers.set(node.body, this);
        break;
      case 'TestCommand':
      case 'ArithmeticCommand':
        this.simple.evaluate(node, state, around);
        break;
      default:
        break;
    }
  }

  #pipeline(node: Pipeline, state: ShellState, around: Surroundings): void {
    const negated = node.prefixes.some(({ type }) => type === 'Negation');
    const whole = negated ? { ...tested(around), ...(around.fate === 'ignored' && { fate: around.fate }) } : around;
    const apart = node.commands.length > 1 && { apart: true as const };
    const [only] = node.commands;
    if (node.commands.length === 1 && only) {
      this.command(only, state, whole);
      return;
    }
    const parts: (ShellCommand | undefined)[] = [];
    const of = { parts, pipefail: state.pipefail };
    const { commands } = this.trace;
    let { stdin, from } = around;
    for (const [position, part] of node.commands.entries()) {
      const isLast = position === node.commands.length - 1;
      const inner = state.fork();
      if (!isLast) inner.clearPrinted();
      const here = isLast ? whole : piped(whole, state.pipefail, node.operators[position] === '|&');
      const before = commands.length;
      this.command(part, inner, { ...here, ...apart, stdin, from, pipeline: { of, position } });
      if (isLast) state.print(inner);
      else stdin = inner.printed;
      const own = commands.slice(before);
      parts.push(part.type === 'Command' ? own.findLast(command => command.node === part) : undefined);
      from = own.at(-1) ?? from;
    }
  }

  #if(node: If, state: ShellState, around: Surroundings): void {
    const branches: ShellState[] = [];
    const other = state.fork();
    let inner = around;
    for (const { clause, then } of [node, ...node.elif]) {
      this.node(clause, other, tested(inner));
      if (other.ended) break;
      const truth = decide(clause, other, this.simple.words);
      if (truth !== false) {
        const way = other.fork();
        assume(clause, true, way, this.simple.words);
        const before = clause === node.clause ? other.fork() : undefined;
        this.node(then, way, truth ? inner : { ...inner, conditional: true });
        if (before) this.checks.condition(node, way.ended, before, around);
        branches.push(way.since(state));
      }
      if (truth) {
        other.ended = true;
        break;
      }
      if (truth === undefined) inner = { ...inner, conditional: true };
      assume(clause, false, other, this.simple.words);
    }
    if (node.else && !other.ended) this.node(node.else, other, inner);
    branches.push(other);
    state.join(branches, this.source.span(node.pos, node.end));
  }

  #case(node: Case, state: ShellState, around: Surroundings): void {
    const branches: ShellState[] = [];
    const other = state.fork();
    const ended = new Map<readonly unknown[], boolean>();
    let open = true;
    // `;&` goes on with the next branch, whatever its pattern.
    const falls = node.items.some(({ terminator }) => terminator === ';&' || terminator === ';;&');
    for (const { body, pattern } of node.items) {
      const truth = falls ? undefined : decideCase(node, pattern, other, this.simple.words);
      if (truth === false) continue;
      const branch = other.fork();
      if (!falls) assumeCase(node, pattern, branch, this.simple.words);
      const certain = truth && branches.length === 0;
      this.node(body, branch, certain ? around : { ...around, conditional: true });
      ended.set(pattern, branch.ended);
      branches.push(branch.since(state));
      if (truth) {
        open = false;
        break;
      }
      if (!falls) assumeNotCase(node, pattern, other, this.simple.words);
    }
    if (open) branches.push(other.since(state));
    if (!falls) this.checks.choice(node, ended, state, around);
    state.join(branches, this.source.span(node.pos, node.end));
  }
}

/** A part whose output the next one reads: its failure counts with `pipefail` alone. */
function piped(whole: Surroundings, pipefail: boolean | undefined, both: boolean): Surroundings {
  const heard: Surroundings = pipefail
    ? whole
    : { ...whole, fate: pipefail === undefined || whole.asked === 'each' ? 'tested' : 'ignored', guarded: true, hiddenBy: 'pipe' };
  return { ...heard, sink: undefined, stdout: 'pipe', stderr: both ? 'pipe' : heard.stderr };
}

const checkers: ReadonlySet<string> = new Set(['[', 'test', 'grep', 'egrep', 'fgrep', 'expr', 'false']);

/** Whether a command may be one that checks something: `[[ … ]]`, `grep`, a function, a script, or a shell of its own that ends. */
function mayBeCheck(node: Statement['command'], state: ShellState): boolean {
  switch (node.type) {
    case 'TestCommand':
    case 'Pipeline':
    case 'Subshell':
    case 'Redirected':
      return true;
    case 'Command': {
      const name = node.name?.value ?? '';
      return checkers.has(name) || state.functions.has(name) || hasOutcomes(node);
    }
    default:
      return false;
  }
}
