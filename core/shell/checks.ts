import type { AndOr, Case, CommandNode, If, Statement } from 'unbash';
import { hole, literal, type Template } from '../image/template.ts';
import type { TextTest } from '../text/textTest.ts';
import type { ShellCheck } from './command.ts';
import { type Comparison, comparisonOf, isComputed, type Node, type Part, partsOf, testOf, variableOf } from './comparisons.ts';
import { caseTest } from './patterns.ts';
import type { ShellSource } from './source.ts';
import type { ShellState } from './state.ts';
import type { Surroundings } from './surroundings.ts';
import type { Trace } from './trace.ts';
import type { WordReader } from './words.ts';

/** A condition as a question about one variable's text. */
interface Question {
  readonly tests: readonly TextTest[];
  holds(text: string): boolean | undefined;
}

/** What people write where a value is refused. */
const refusal =
  /::error|>&2|\b(?:invalid|illegal|malformed|unsafe|refus\w*|reject\w*|not (?:a )?(?:valid|allowed)|must (?:be|match|only|not)|bad|wrong|expected|unexpected)\b|\bfalse\b|\bexit\s+[1-9]|\breturn\s+[1-9]/i;

/** Writes down the checks of a script, on whatever they decide. */
export class Checks {
  readonly #source: ShellSource;
  readonly #trace: Trace;
  readonly #words: WordReader;

  constructor(source: ShellSource, trace: Trace, words: WordReader) {
    this.#source = source;
    this.#trace = trace;
    this.#words = words;
  }

  /** `if …; then exit 1; fi`: `ended` is the first branch; `before` holds what was known before it. */
  condition(node: If, ended: boolean, before: ShellState, around: Surroundings): void {
    const { clause, then } = node;
    if (this.#isQuestion(node, around)) return;
    if (ended) this.#add(clause, false, 'ends', before);
    else if (node.else && this.#ends(node.else)) this.#add(clause, true, 'ends', before);
    else if (node.elif.length === 0 && this.#refuses(then)) this.#add(clause, false, 'says', before);
    else if (node.else && this.#refuses(node.else)) this.#add(clause, true, 'says', before);
  }

  /** `A || exit 1`, `A && exit 1`: `ended` tells of the command at `index`. */
  list(node: AndOr, index: number, ended: boolean, state: ShellState, around: Surroundings): void {
    if (this.#isQuestion(node, around)) return;
    const right = node.commands[index];
    const left = node.commands[index - 1];
    if (!left || !right) return;
    const passing = node.operators[index - 1] === '||';
    if (ended) this.#add(left, passing, 'ends', state);
    else if (index === node.commands.length - 1 && passing && this.#refuses(right)) this.#add(left, passing, 'says', state);
  }

  /** A condition that stands by itself. */
  bare(command: Statement['command'], state: ShellState, stops: boolean, { fate, guarded, asked }: Surroundings): void {
    if (stops) this.#add(command, true, 'ends', state);
    else if (fate === 'next' && !guarded && !asked && state.errexit === false) this.#add(command, true, 'nothing', state);
  }

  /** `case`: which of its branches ended. */
  choice(node: Case, ended: ReadonlyMap<readonly unknown[], boolean>, state: ShellState, around: Surroundings): void {
    const { word, items, pos } = node;
    const name = variableOf(word);
    const ends = [...ended.values()].some(each => each);
    const says = !ends && items.some(({ body }) => this.#refuses(body));
    if (!name || (!ends && !says) || this.#isQuestion(node, around) || items.some(({ pattern }) => pattern.some(isComputed))) return;
    const branches: { test: TextTest; goesOn: boolean; written: string }[] = [];
    for (const { pattern, body } of items) {
      const test = caseTest(pattern, state, this.#words);
      if (!test) return;
      const written = pattern.map(({ text }) => text).join('|');
      branches.push({ test, goesOn: ends ? ended.get(pattern) !== true : !this.#refuses(body), written });
    }
    const holds = (text: string) => {
      for (const { test, goesOn } of branches) {
        const passes = test.passes(text);
        if (passes !== false) return passes && goesOn;
      }
      return true;
    };
    const shown = branches.find(({ test, goesOn }) => test.isShape && goesOn) ?? branches.find(({ test }) => test.isShape);
    const tests = branches.map(({ test }) => test);
    this.#push(name, { pos, end: word.end }, { tests, holds }, true, ends ? 'ends' : 'says', state, shown?.written ?? '');
  }

  /**
   * Whether nobody is refused: a function that only answers (`is_release() { … || return 1; }`) leaves that to whoever calls it, and
   * `exit 0` passes over what there is nothing to do for.
   */
  #isQuestion({ pos, end }: If | AndOr | Case, { returnFailure }: Surroundings): boolean {
    const text = this.#source.slice(pos, end);
    if (/\bexit 0\b/.test(text)) return !/\b(?:exit|return) [1-9]/.test(text);
    return returnFailure !== 'fatal' && /\breturn\b/.test(text) && !/\bexit\b/.test(text);
  }

  #ends(node: Node): boolean {
    return /\bexit\b/.test(this.#source.slice(node.pos, node.end));
  }

  #refuses(node: Node | CommandNode): boolean {
    return refusal.test(this.#source.slice(node.pos, node.end));
  }

  #add(node: Node | CommandNode, passing: boolean, otherwise: ShellCheck['otherwise'], state: ShellState): void {
    const whole = partsOf(node) ?? comparisonOf(node);
    if (!whole) return;
    for (const name of namesIn(whole)) {
      const question = this.#question(whole, name, state);
      const shown = question.tests.find(({ isShape }) => isShape);
      if (shown) this.#push(name, node, question, passing, otherwise, state, shown.written);
    }
  }

  #question(part: Part, name: string, state: ShellState): Question {
    if ('parts' in part) {
      const parts = part.parts.map(each => this.#question(each, name, state));
      const decisive = part.operator === '||';
      const holds = (text: string) => {
        const found = parts.map(each => each.holds(text));
        const all = found.includes(decisive) ? decisive : found.includes(undefined) ? undefined : !decisive;
        return all === undefined ? undefined : all !== part.negated;
      };
      return { tests: parts.flatMap(({ tests }) => tests), holds };
    }
    const test = variableOf(part.left) === name ? testOf(part, state, this.#words) : undefined;
    if (!test) return { tests: [], holds: () => undefined };
    const holds = (text: string) => {
      const passes = test.passes(text);
      return passes === undefined ? undefined : passes !== part.negated;
    };
    return { tests: [test], holds };
  }

  #push(
    name: string,
    at: { readonly pos: number; readonly end: number },
    { tests, holds }: Question,
    passing: boolean,
    otherwise: ShellCheck['otherwise'],
    state: ShellState,
    written: string,
  ): void {
    if (!tests.some(({ isShape }) => isShape)) return;
    const span = this.#source.span(at.pos, at.end);
    const value: Template = this.#words.variable(name, state, span) ?? hole(`$${name}`, 'unknown', span);
    if (literal(value) !== undefined) return;
    this.#trace.checks.push({
      span,
      name,
      value,
      written,
      goesOn: text => {
        const found = holds(text);
        return found === undefined ? undefined : found === passing;
      },
      samples: tests.flatMap(({ samples }) => samples),
      otherwise,
      ...(tests.some(({ computes }) => computes) && { computes: true as const }),
      after: this.#trace.commands.length,
    });
  }
}

function namesIn(part: Part): ReadonlySet<string> {
  if ('parts' in part) return new Set(part.parts.flatMap(each => [...namesIn(each)]));
  const name = variableOf((part as Comparison).left);
  return new Set(name ? [name] : []);
}
