import { type ArithmeticFor, type CompoundList, type For, forEachChild, type Select, type SyntaxNode, type While, type Word } from 'unbash';
import { isWord } from '../image/shape.ts';
import { alternatives, choice, type HolePart, hole, holes, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { counted } from './arithmetic.ts';
import type { ShellState, Variable } from './state.ts';
import { type Surroundings, tested } from './surroundings.ts';
import type { Walk } from './walk.ts';
import type { Argument } from './words.ts';

/** A list as long as this is gone through item by item. */
const maxTurns = 24;

interface Frame {
  /** What held before the loop, and what holds before the turn. */
  readonly base: ShellState;
  readonly turn: ShellState;
  readonly breaks: ShellState[];
  readonly nexts: ShellState[];
}

/** Loops: item by item where the items are known, else one turn that stands for all. */
export class Loops {
  readonly #walk: Walk;
  readonly #frames: Frame[] = [];

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  run(node: For | While | ArithmeticFor | Select, state: ShellState, around: Surroundings): void {
    const at = this.#walk.source.span(node.pos, node.end);
    if (node.type === 'For') this.#for(node, state, around, at);
    else if (node.type === 'While') this.#while(node, state, around, at);
    else {
      if (node.type === 'Select') state.set(node.name.value, unknown(node.name.value, at));
      this.#any(state, around, at, node, false, (turn, here) => this.#walk.node(node.body, turn, here));
    }
  }

  /** `break` or `continue`: the way ends here and goes on behind the loop, or with its next turn. */
  leave(kind: 'break' | 'continue', state: ShellState): void {
    const frame = this.#frames.at(-1);
    if (!frame) return;
    if (kind === 'break') frame.breaks.push(state.since(frame.base));
    else frame.nexts.push(state.since(frame.turn));
    state.ended = true;
    state.mayHaveLeft = true;
  }

  #for(node: For, state: ShellState, around: Surroundings, at: Span): void {
    const name = node.name.value;
    let areApart = true;
    const words = node.wordlist?.flatMap(word => {
      const found = this.#walk.simple.words.expand(word, state, true);
      areApart &&= isQuoted(word, found) || found.every(({ template }) => isOneField(template));
      return found;
    });
    const items = (words ? words.map(({ template }) => template) : state.arguments) ?? [];
    if (!words) areApart = items.every(isOneField);
    const body = (turn: ShellState, here: Surroundings) => this.#walk.node(node.body, turn, here);
    if (items.length > 0 && items.length <= maxTurns && areApart) this.#each(name, items, state, around, at, body);
    else {
      const value = items.length > 0 ? choice(items, at) : hole(`$${name}`, 'unknown', at);
      this.#any(state, around, at, node, false, (turn, here) => {
        turn.set(name, { kind: 'string', value });
        body(turn, here);
      });
    }
  }

  #while(node: While, state: ShellState, around: Surroundings, at: Span): void {
    const condition = this.#walk.source.slice(node.clause.pos, node.clause.end).trim();
    const endless = /^(?:true|:)[;\s]*$/.test(condition) && node.kind === 'while';
    const lines = this.#walk.simple.linesRead(node.clause, state, around);
    if (lines && lines.items.length > 0 && lines.items.length <= maxTurns) {
      this.#each(lines.name, lines.items, state, around, at, (turn, here) => this.#walk.node(node.body, turn, here), []);
      return;
    }
    this.#any(state, around, at, node, endless, (turn, here) => {
      this.#walk.node(node.clause, turn, tested(here));
      this.#walk.node(node.body, turn, here);
    });
  }

  /** Turn after turn, each with the next item. */
  #each(name: string, items: readonly Template[], state: ShellState, around: Surroundings, at: Span, body: Body, after?: Template): void {
    const left = state.mayHaveLeft;
    const here = inLoop(around, items.length === 1);
    const between = state.fork();
    const breaks: ShellState[] = [];
    for (const item of items) {
      if (!this.#walk.trace.mayCall()) break;
      const turn = between.fork();
      const without = isPerhaps(item) ? [between.fork()] : [];
      turn.set(name, { kind: 'string', value: item });
      const nexts: ShellState[] = [];
      const inTurn = without.length > 0 ? { ...here, conditional: true } : here;
      this.#inFrame({ base: state, turn: between, breaks, nexts }, () => body(turn, inTurn));
      between.join([turn, ...nexts, ...without], at);
      if (between.ended) break;
    }
    // The `read` that finds no more lines empties its variable.
    if (after) between.set(name, { kind: 'string', value: after });
    state.join([between, ...breaks], at);
    this.#forget(state, left);
  }

  /** One turn for any number of them: what the body sets may hold anything when it begins. */
  #any(state: ShellState, around: Surroundings, at: Span, node: SyntaxNode, endless: boolean, body: Body): void {
    const left = state.mayHaveLeft;
    const between = state.fork();
    for (const name of assigned(node, state)) {
      if (name === '@') {
        between.setArguments(undefined);
        continue;
      }
      const before = state.get(name);
      if (before && before.kind !== 'string') between.set(name, { ...before, open: true });
      else between.set(name, { kind: 'string', value: choice([before?.value ?? [], hole(`$${name}`, 'unknown', at)], at) });
    }
    const turn = between.fork();
    const frame: Frame = { base: state, turn: state, breaks: [], nexts: [] };
    this.#inFrame(frame, () => body(turn, { ...inLoop(around, false), conditional: true }));
    const ways = endless ? frame.breaks : [turn.since(state), ...frame.nexts, ...frame.breaks, state.fork()];
    // A loop without an end that nothing leaves: what comes after it is read all the same.
    if (ways.length > 0) state.join(ways, at);
    this.#forget(state, left);
  }

  #inFrame(frame: Frame, run: () => void): void {
    this.#frames.push(frame);
    run();
    this.#frames.pop();
  }

  /** Behind the loop, what left it has come back; a `return` has not. */
  #forget(state: ShellState, left: boolean): void {
    if (!this.#walk.simple.mayHaveReturned) state.mayHaveLeft = left;
  }
}

type Body = (turn: ShellState, around: Surroundings) => void;

/** The status of a turn is only the loop's when it is the last. */
function inLoop(around: Surroundings, once: boolean): Surroundings {
  return { ...around, ...(!once && { fate: 'next' as const, asked: undefined }), loops: around.loops + 1 };
}

/** Whether the words are what stands in quotes, which no shell splits; how many elements a `"${a[@]}"` has is known then. */
function isQuoted(word: Word, found: readonly Argument[]): boolean {
  if (!word.parts?.every(({ type }) => type === 'DoubleQuoted' || type === 'SingleQuoted')) return false;
  const isList = /\$(?:@|\{@|\{!?\w+\[@)/.test(word.text);
  return found.every(({ template }) => alternatives(template).length < maxTurns && !(isList && holes(template).some(isUnknown)));
}

function isUnknown({ shape }: HolePart): boolean {
  return shape === 'unknown';
}

function isPerhaps(item: Template): boolean {
  return item.some(({ given }) => given?.perhaps === true);
}

/** Whether the item stays one where the shell splits it. */
function isOneField(item: Template): boolean {
  return (
    holes(item).every(({ shape }) => isWord(shape) || shape === 'gitRef' || shape === 'digest') && alternatives(item).length < maxTurns
  );
}

function unknown(name: string, at: Span): Variable {
  return { kind: 'string', value: hole(`$${name}`, 'unknown', at) };
}

const readers: ReadonlySet<string> = new Set([
  'read',
  'export',
  'declare',
  'local',
  'typeset',
  'readonly',
  'mapfile',
  'readarray',
  'getopts',
  'let',
]);

/** Variables that a loop sets, also in the functions that it calls. */
function assigned(loop: SyntaxNode, state: ShellState): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<CompoundList | SyntaxNode>();
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Word' && node.text.includes('$((')) for (const name of counted(node.text)) names.add(name);
    if (node.type === 'Word' || node.type === 'Redirect' || node.type === 'HereDoc' || seen.has(node)) return;
    seen.add(node);
    if (node.type === 'Assignment') names.add(node.name);
    else if (node.type === 'For') names.add(node.name.value);
    else if (node.type === 'ArithmeticCommand') for (const name of counted(node.body)) names.add(name);
    else if (node.type === 'ArithmeticFor')
      for (const [name] of JSON.stringify(node.initialize ?? '').matchAll(/[A-Za-z_]\w*/g)) names.add(name);
    else if (node.type === 'Command') {
      const name = node.name?.value ?? '';
      const body = state.functions.get(name);
      if (body) visit(body);
      if (readers.has(name)) for (const { text } of node.args) if (/^\w+$/.test(text)) names.add(text);
      if (name === 'shift' || name === 'set') names.add('@');
      if (name === 'printf' && node.args[0]?.text === '-v') names.add(node.args[1]?.text ?? '');
    }
    forEachChild(node, visit);
  };
  visit(loop);
  return names;
}
