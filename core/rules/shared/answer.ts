import {
  type AndOr,
  type Command,
  type CompoundList,
  type Function as FunctionNode,
  forEachChild,
  type If,
  type PipelineNode,
  type SyntaxNode,
} from 'unbash';
import { type Handling, handling } from '../../shell/handling.ts';
import type { ShellSource } from '../../shell/source.ts';

type Body = PipelineNode | AndOr | CompoundList;

/**
 * Whether a script takes the failure of `node`, a question, for the answer "no" and acts upon it: in the branch of an `if`, behind `&&` or
 * `||`, in a value that is empty then. A failure that ends the script is no answer, a loop that waits asks again.
 */
export function failsOpen(node: Command, source: ShellSource): boolean {
  const path = pathTo(node, source.tree);
  return path !== undefined && new Answer(source).isTakenForNo(path);
}

/** The nodes from the script down to `node`. */
export function pathTo(node: SyntaxNode, root: SyntaxNode): readonly SyntaxNode[] | undefined {
  if (root === node) return [root];
  let found: readonly SyntaxNode[] | undefined;
  forEachChild(root, child => {
    if (found || child.pos > node.pos || child.end < node.end) return;
    const below = pathTo(node, child);
    if (below) found = [root, ...below];
  });
  return found;
}

class Answer {
  readonly #source: ShellSource;
  readonly #functions = new Map<string, FunctionNode['body']>();
  readonly #calls = new Map<string, Command[]>();
  readonly #conditions: If[] = [];
  #depth = 0;

  constructor(source: ShellSource) {
    this.#source = source;
    const visit = (node: SyntaxNode): void => {
      if (node.type === 'Function') this.#functions.set(node.name.value, node.body);
      if (node.type === 'If') this.#conditions.push(node);
      const name = node.type === 'Command' ? node.name?.value : undefined;
      if (name && node.type === 'Command') this.#calls.set(name, [...(this.#calls.get(name) ?? []), node]);
      forEachChild(node, visit);
    };
    visit(source.tree);
  }

  /** From the question outwards: the first thing that asks how it went decides. `no`: what a failure looks like from there. */
  isTakenForNo(path: readonly SyntaxNode[]): boolean {
    let no = false;
    let value: string | undefined;
    for (let index = path.length - 1; index > 0; index--) {
      const node = path[index] as SyntaxNode;
      const parent = path[index - 1] as SyntaxNode;
      switch (parent.type) {
        case 'Pipeline':
          if (parent.prefixes.some(({ type }) => type === 'Negation')) no = !no;
          break;
        case 'AndOr': {
          const decided = this.#andOr(parent, node, no, isInLoop(path, index));
          if (decided === 'value') value ??= '';
          else if (decided !== undefined) return decided;
          break;
        }
        case 'If':
          if (parent.clause === node)
            return this.#branches(
              no ? parent.then : (parent.elif[0]?.then ?? parent.else),
              no ? (parent.elif[0]?.then ?? parent.else) : parent.then,
              isInLoop(path, index),
            );
          break;
        case 'Elif':
          if (parent.clause === node) return this.#acts(parent.then);
          break;
        case 'While':
          if (parent.clause === node) return false;
          break;
        case 'CommandExpansion':
          value ??= '';
          break;
        case 'Assignment':
          if (value !== undefined) return this.#valueDecides(parent.name, path.slice(0, index));
          break;
        case 'Command':
          // `[ -z "$(…)" ]`: nothing printed is what a failure looks like.
          if (value !== undefined && isTest(parent)) {
            if (this.#text(parent).includes('-z ')) no = true;
          } else if (value !== undefined) return false;
          break;
        case 'TestCommand':
          if (this.#text(parent).includes('-z ')) no = true;
          break;
        case 'Function':
          return this.#isCalledSo(parent.name.value);
        case 'CompoundList':
        case 'Script': {
          const asked = this.#askedNext(parent, node, no);
          if (asked !== undefined) return asked;
          if (parent.commands.at(-1) !== node) return false;
        }
      }
    }
    return false;
  }

  /** `question && A || B`. */
  #andOr({ commands, operators }: AndOr, node: SyntaxNode, no: boolean, inLoop: boolean): boolean | 'value' | undefined {
    const index = commands.indexOf(node as PipelineNode);
    const or = operators.findIndex((operator, at) => at >= index && operator === '||');
    const behind = commands.slice(index + 1, or < 0 ? undefined : or + 1);
    // The last of a chain passes its status on.
    if (behind.length === 0 && or < 0) return undefined;
    const otherwise = or < 0 ? [] : commands.slice(or + 1);
    const handled = or < 0 ? 'passes' : handling(otherwise, this.#functions);
    if (handled === 'ends') return !no && behind.some(each => this.#acts(each)) ? false : no;
    if (handled === 'returns' || handled === 'fails') return undefined;
    if (inLoop && behind.some(each => this.#leaves(each)) && !otherwise.some(each => this.#acts(each))) return false;
    if ([...behind, ...otherwise].some(each => this.#acts(each))) return true;
    // `x=$(question || true)`: the value tells.
    return or < 0 ? undefined : 'value';
  }

  #branches(absent: CompoundList | undefined, present: CompoundList | undefined, inLoop = false): boolean {
    if (absent && this.#ends(absent)) return false;
    // A loop that is left when the answer is yes waits for it.
    if (inLoop && present && this.#leaves(present) && !(absent && this.#acts(absent))) return false;
    return (absent !== undefined && this.#acts(absent)) || (present !== undefined && this.#acts(present));
  }

  #ends(body: Body): boolean {
    const handled = handling([body], this.#functions);
    return handled === 'ends' || handled === 'fails';
  }

  #leaves(body: Body): boolean {
    return /\b(?:break|return|exit)\b/.test(this.#text(body));
  }

  /** More than words: it builds, sets, skips or ends. An image that is pulled only if it is there serves as a cache. */
  #acts(body: Body): boolean {
    const text = this.#text(body);
    const lines = text.split(/[\n;{}]/).flatMap(line => line.trim() || []);
    if (lines.length > 0 && lines.every(line => line.startsWith('docker pull '))) return false;
    const handled: Handling = handling([body], this.#functions);
    return (handled !== 'passes' && handled !== 'announces') || /GITHUB_(?:OUTPUT|ENV)|\b(?:exit|return|continue|break)\b/.test(text);
  }

  /** `question` and then `if [ $? -eq 0 ]`. */
  #askedNext(list: { readonly commands: readonly SyntaxNode[] }, node: SyntaxNode, no: boolean): boolean | undefined {
    const statement = list.commands[list.commands.indexOf(node) + 1];
    const next = statement?.type === 'Statement' ? statement.command : undefined;
    if (next?.type !== 'If') return undefined;
    const condition = this.#text(next.clause);
    if (!/\$(?:\?|\{\?)/.test(condition)) return undefined;
    const failed = /-ne|!=|-gt/.test(condition) !== no;
    return this.#branches(failed ? next.then : next.else, failed ? next.else : next.then);
  }

  /** `x=$(question || true)`, or `x=$(question) || x=`: a later condition looks whether `$x` is empty. The assignment's own failure ends a script with `-e`. */
  #valueDecides(name: string, outer: readonly SyntaxNode[]): boolean {
    const own = outer.findLast(({ type }) => type === 'AndOr' || type === 'If');
    const start = outer.at(-1)?.pos ?? 0;
    if (own?.type === 'If' && own.clause === outer[outer.indexOf(own) + 1]) return this.#branches(own.else, own.then);
    const condition = this.#conditions.find(
      ({ clause, pos }) => pos >= start && readsVariable(this.#text(clause), name) && /^!? *(?:\[|test )/.test(this.#text(clause)),
    );
    if (!condition) return false;
    const text = this.#text(condition.clause);
    const empty = /-z |(?<!!)==? *(?:""|'')/.test(text) !== /^\s*!/.test(text);
    return this.#branches(empty ? condition.then : condition.else, empty ? condition.else : condition.then);
  }

  /** A function that asks: what its callers make of its status. */
  #isCalledSo(name: string): boolean {
    if (this.#depth > 1) return false;
    this.#depth++;
    const open = (this.#calls.get(name) ?? []).some(call => {
      const path = pathTo(call, this.#source.tree);
      return path !== undefined && this.isTakenForNo(path);
    });
    this.#depth--;
    return open;
  }

  #text({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.#source.slice(pos, end);
  }
}

function isTest({ name }: Command): boolean {
  return name?.value === '[' || name?.value === 'test';
}

/** `$NAME` or `${NAME…`, and no longer name. */
function readsVariable(text: string, name: string): boolean {
  return text.split('$').some(piece => {
    const bare = piece.startsWith('{') ? piece.slice(1) : piece;
    return bare.startsWith(name) && !/^\w/.test(bare.slice(name.length));
  });
}

function isInLoop(path: readonly SyntaxNode[], index: number): boolean {
  return path.slice(0, index).some(({ type }) => type === 'For' || type === 'While' || type === 'ArithmeticFor');
}
