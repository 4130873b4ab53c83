import type { AndOr, PipelineNode, Statement } from 'unbash';
import { assume, assumeList, decide } from './conditions.ts';
import { handling } from './handling.ts';
import type { ShellState } from './state.ts';
import { fateOf, mustSucceed, type Surroundings } from './surroundings.ts';
import type { Walk } from './walk.ts';
import type { WordReader } from './words.ts';

/** Lists of `&&` and `||`: which of their commands run, what is known then, and what becomes of each failure. */
export class Lists {
  readonly #walk: Walk;
  readonly #words: WordReader;

  constructor(walk: Walk) {
    this.#walk = walk;
    this.#words = walk.simple.words;
  }

  run(node: AndOr, state: ShellState, around: Surroundings): void {
    const fates = this.#fates(node, state, around);
    for (const [index, command] of node.commands.entries()) {
      const here = { ...around, ...fates[index] };
      if (index === 0) {
        this.#walk.node(command, state, here);
        continue;
      }
      const before = node.commands[index - 1] as PipelineNode;
      const needs = node.operators[index - 1] === '&&';
      const truth = index === 1 ? decide(before, state, this.#words) : undefined;
      if (truth === !needs) continue;
      const branch = state.fork();
      const rest = state.fork();
      assumeList(node, index, needs, branch, this.#words);
      assumeList(node, index, !needs, rest, this.#words);
      this.#walk.node(command, branch, truth === needs ? here : { ...here, conditional: true });
      if (index === node.commands.length - 1 && !branch.ended && mustSucceed(around, state)) this.#last(command, branch);
      this.#walk.checks.list(node, index, branch.ended, state, around);
      // `… || exit`: the status it ends with is the failure's.
      if (node.operators[index - 1] === '||' && handling([command], state.functions) === 'ends') branch.mayHaveEnded = state.mayHaveEnded;
      state.join(truth === needs ? [branch] : [branch, rest], this.#walk.source.span(node.pos, node.end));
      if (state.ended) return;
    }
  }

  /** The end of a list, whose failure `-e` sees. */
  #last(command: PipelineNode, branch: ShellState): void {
    if (isNegated(command)) return;
    if (handling([command], branch.functions) === 'fails') branch.ended = true;
    else assume(command, true, branch, this.#words);
  }

  /** What each command's failure leads to: the next `||` deals with it, or it is the status of the whole. */
  #fates({ commands, operators }: AndOr, state: ShellState, around: Surroundings): readonly Partial<Surroundings>[] {
    const fates: Partial<Surroundings>[] = [];
    let fate = around.fate === 'next' ? 'tested' : around.fate;
    let hidden = around.hiddenBy;
    let end = commands.length;
    let hasWayOut = false;
    for (let index = commands.length - 2; index >= 0; index--) {
      if (operators[index] === '||') {
        const behind = commands.slice(index + 1, end);
        // At the end of a shell nobody is left to read a variable: `x=$(push || failed=1)`.
        const isLost = around.fate === 'last' && behind.every(isAssignment);
        const handled = isLost ? 'passes' : handling(behind, state.functions);
        fate = fateOf(handled, around, state);
        hidden = isLost ? 'lost' : handled === 'announces' ? 'announced' : handled === 'passes' ? 'or' : around.hiddenBy;
        end = index + 1;
        hasWayOut = false;
      }
      // `push && break || sleep 5`: what follows the loop is the answer to its failure.
      fates[index] = { fate: hasWayOut ? 'tested' : fate, guarded: true, asked: undefined, hiddenBy: hidden };
      hasWayOut ||= end < commands.length && leaves(commands[index] as PipelineNode);
    }
    return fates;
  }
}

/** `-e` does not hear of the failure of `! …`. */
export function isNegated(node: Statement['command']): boolean {
  return node.type === 'Pipeline' && node.prefixes.some(({ type }) => type === 'Negation');
}

function isAssignment(node: PipelineNode): boolean {
  return node.type === 'Command' && node.name === undefined && node.prefix.length > 0;
}

function leaves(node: PipelineNode): boolean {
  return node.type === 'Command' && /^(?:break|continue|exit|return)$/.test(node.name?.value ?? '');
}
