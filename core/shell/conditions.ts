import type { AndOr, Case, CommandNode, Word } from 'unbash';
import { boundOf, isOneLine } from '../image/checked.ts';
import { commonFact, type Fact, fixedSource } from '../image/facts.ts';
import { mayHoldAny, narrowedTo } from '../image/shapeCharacters.ts';
import { alternatives, choice, derived, type HolePart, hole, literal, type Template } from '../image/template.ts';
import type { TextTest } from '../text/textTest.ts';
import { type Comparison, comparisonOf, isComputed, type Node, type Part, partsOf, testOf, variableOf } from './comparisons.ts';
import { matchesGlob } from './glob.ts';
import { caseTest } from './patterns.ts';
import type { ShellState } from './state.ts';
import type { WordReader } from './words.ts';

/** Whether a condition holds; `undefined` where that depends on what is not known. */
export function decide(node: Node, state: ShellState, words: WordReader): boolean | undefined {
  const comparison = comparisonOf(node);
  if (!comparison || comparison.operator === 'expression' || comparison.operator === 'test') return undefined;
  const truths = new Set(alternatives(words.value(comparison.left, state)).map(form => holdsFor(form, comparison, state, words)));
  const [truth] = truths;
  return truths.size === 1 && truth !== undefined ? truth !== comparison.negated : undefined;
}

/** Keeps in mind what a condition says of a variable, on the way on which it held or did not. */
export function assume(node: Node | CommandNode, truth: boolean, state: ShellState, words: WordReader): void {
  const [only] = node.type === 'CompoundList' ? node.commands : [];
  const inner = node.type === 'CompoundList' && node.commands.length === 1 && only ? only.command : node;
  if (inner.type === 'AndOr') {
    assumeList(inner, inner.commands.length, truth, state, words);
    return;
  }
  const called = outcomesOf(inner);
  if (called) {
    state.learn(called.negated === truth ? called.whenFalse : called.whenTrue);
    return;
  }
  const parts = partsOf(inner);
  if (parts) assumePart(parts, truth, state, words);
  else {
    const comparison = comparisonOf(inner);
    if (comparison) assumePart(comparison, truth, state, words);
  }
}

/** The same of the first `count` commands of a list of `&&` and `||`. */
export function assumeList({ commands, operators }: AndOr, count: number, truth: boolean, state: ShellState, words: WordReader): void {
  const last = commands[count - 1];
  if (!last) return;
  // A command that changes a variable makes what was tested before another value.
  if (count > 1 && operators[count - 2] === (truth ? '&&' : '||') && commands.slice(0, count).every(isQuiet))
    assumeList({ type: 'AndOr', commands, operators } as AndOr, count - 1, truth, state, words);
  else if (count > 1 && operators[count - 2] !== (truth ? '&&' : '||')) return;
  assume(last, truth, state, words);
}

const quiet = /^(?:\[|test|grep|egrep|fgrep|expr|echo|printf|true|:|exit|return|false)$/;

/** Whether a command sets nothing. */
function isQuiet(node: Node | CommandNode): boolean {
  switch (node.type) {
    case 'Pipeline':
      return node.commands.every(isQuiet);
    case 'TestCommand':
      return true;
    case 'Command':
      return (node.prefix.length === 0 && quiet.test(node.name?.value ?? '')) || hasOutcomes(node);
    default:
      return false;
  }
}

function assumePart(part: Part, truth: boolean, state: ShellState, words: WordReader): void {
  const wanted = truth !== part.negated;
  if ('parts' in part) {
    if (part.operator === (wanted ? '&&' : '||')) for (const each of part.parts) assumePart(each, wanted, state, words);
    return;
  }
  const name = variableOf(part.left);
  if (name) narrow(name, form => kept(form, part, wanted, state, words), state, words);
}

/** What is known of values where a function came back with success, and where it did not. */
export interface Outcomes {
  readonly whenTrue: ReadonlyMap<string, Fact>;
  readonly whenFalse: ReadonlyMap<string, Fact>;
}

const outcomes = new WeakMap<object, Outcomes>();

/** Remembers how the call of a function went that was just walked. */
export function keepOutcomes(call: object, found: Outcomes): void {
  outcomes.set(call, found);
}

export function hasOutcomes(call: object): boolean {
  return outcomes.has(call);
}

function outcomesOf(node: Node | CommandNode): (Outcomes & { readonly negated: boolean }) | undefined {
  if (node.type === 'Pipeline') {
    const [only] = node.commands;
    const inner = node.commands.length === 1 && only ? outcomesOf(only) : undefined;
    const negated = node.prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1;
    return inner && { ...inner, negated: inner.negated !== negated };
  }
  const found = outcomes.get(node);
  return found && { ...found, negated: false };
}

/** Whether a `case` takes a branch, and what the variable is there. */
export function decideCase({ word }: Case, patterns: readonly Word[], state: ShellState, words: WordReader): boolean | undefined {
  if (isComputed(word) || patterns.some(isComputed)) return patterns.some(({ text }) => text === '*') ? true : undefined;
  const forms = alternatives(words.value(word, state));
  const truths = new Set(forms.map(form => anyPattern(form, patterns, state, words)));
  const [truth] = truths;
  return truths.size === 1 ? truth : undefined;
}

/** In a branch of `case "$X" in prod | staging)` the variable is one of these. */
export function assumeCase({ word }: Case, patterns: readonly Word[], state: ShellState, words: WordReader): void {
  const name = variableOf(word);
  if (!name || patterns.some(isComputed)) return;
  const literals = patterns.map(pattern => (/[*?[\\]/.test(pattern.text) ? undefined : literal(words.value(pattern, state))));
  const test = () => caseTest(patterns, state, words);
  narrow(
    name,
    form => {
      if (literal(form) !== undefined) return anyPattern(form, patterns, state, words) === false ? undefined : form;
      const at = form[0]?.at ?? words.source.span(word.pos, word.end);
      return literals.every(each => each !== undefined)
        ? choice(
            literals.map(each => derived(each, at)),
            at,
          )
        : bounded(form, test(), true);
    },
    state,
    words,
  );
}

/** Behind a branch of `case` that was not taken. */
export function assumeNotCase({ word }: Case, patterns: readonly Word[], state: ShellState, words: WordReader): void {
  const name = variableOf(word);
  if (!name || patterns.some(isComputed)) return;
  const test = () => caseTest(patterns, state, words);
  narrow(
    name,
    form => {
      if (literal(form) !== undefined) return anyPattern(form, patterns, state, words) === true ? undefined : form;
      return bounded(form, test(), false);
    },
    state,
    words,
  );
}

function anyPattern(form: Template, patterns: readonly Word[], state: ShellState, words: WordReader): boolean | undefined {
  const known = literal(form);
  if (patterns.some(({ text }) => text === '*')) return true;
  if (known === undefined) return undefined;
  const matches = patterns.map(pattern => matched(known, pattern, state, words));
  return matches.includes(true) ? true : matches.includes(undefined) ? undefined : false;
}

function narrow(name: string, keep: (form: Template) => Template | undefined, state: ShellState, words: WordReader): void {
  const before = state.get(name);
  if (before && before.kind !== 'string') return;
  const outer = before ? undefined : words.outerValue(name);
  const value = before?.value ?? outer ?? hole(`$${name}`, 'unknown', words.source.span(0, 0));
  const forms = alternatives(value);
  const left = forms.flatMap(form => {
    const form_ = keep(form);
    return form_ ? [form_] : [];
  });
  if (left.length === 0 || (left.length === forms.length && left.every((form, index) => form === forms[index]))) return;
  const isOuter = outer !== undefined || before?.outer;
  const narrows = before?.narrows ?? before ?? { kind: 'string' as const, value, ...(isOuter && { outer: true as const }) };
  const at = value[0]?.at ?? words.source.span(0, 0);
  state.set(name, { kind: 'string', value: choice(left, at), narrows, ...(isOuter && { outer: true as const }) });
  learn(value, forms, left, state);
}

/** What the check told of an expression's value holds wherever the value is used. */
function learn(value: Template, forms: readonly Template[], left: readonly Template[], state: ShellState): void {
  const source = value.length === 1 ? fixedSource(value[0]) : undefined;
  if (source === undefined) return;
  const texts = left.map(literal);
  if (texts.every(text => text !== undefined)) {
    state.learn(new Map([[source, { texts: texts as readonly string[] }]]));
    return;
  }
  const after = left.flatMap(form => onlyHole(form) ?? []);
  if (after.length === 0 || after.some(part => forms.some(form => form[0] === part))) return;
  const fact = commonFact(after.map(({ shape }) => ({ shape })));
  if (fact) state.learn(new Map([[source, fact]]));
}

function onlyHole(form: Template): HolePart | undefined {
  const [only] = form;
  return form.length === 1 && only?.kind === 'hole' ? only : undefined;
}

/** What is left of a form when the comparison gave `truth`; `undefined`: it is not this one. */
function kept(form: Template, comparison: Comparison, truth: boolean, state: ShellState, words: WordReader): Template | undefined {
  const holds = holdsFor(form, comparison, state, words);
  if (holds !== undefined) return holds === truth ? form : undefined;
  if (literal(form) !== undefined || isSeveral(form, comparison)) return form;
  const [only] = form;
  const at = only?.at ?? words.source.span(0, 0);
  if (truth) {
    if (comparison.operator === 'empty') return [];
    const { operator, right: word } = comparison;
    const right = word && (operator === 'is' || operator === 'matches') ? literal(words.value(word, state)) : undefined;
    if (right !== undefined && (operator === 'is' || !/[*?[\\+@!]/.test(right))) return derived(right, at);
  } else if (comparison.operator === 'empty' || comparison.operator === 'is') return form;
  return bounded(form, testOf(comparison, state, words), truth);
}

/** A form with the shape that a check leaves; what somebody outside wrote in one piece alone. */
function bounded(form: Template, test: TextTest | undefined, truth: boolean): Template {
  const only = onlyHole(form);
  if (!only || !test) return form;
  const shape = narrowedTo(only.shape, boundOf(test, truth, isOneLine(only.shape)));
  return shape === only.shape ? form : [{ ...only, shape }];
}

/** Whether the shell may make several words of what somebody outside wrote, which then are an expression of their own: `a = a -o x`. */
function isSeveral(form: Template, { splits }: Comparison): boolean {
  return splits === true && form.some(part => part.kind === 'hole' && part.author !== 'trusted' && mayHoldAny(part.shape, ' \t\n*?['));
}

/** Whether a comparison holds, before its negation, for one form of its left side. */
function holdsFor(form: Template, { operator, right }: Comparison, state: ShellState, words: WordReader): boolean | undefined {
  const known = literal(form);
  if (operator === 'empty') {
    if (known !== undefined) return known === '';
    return form.some(part => part.kind === 'text') ? false : undefined;
  }
  if (known === undefined || !right || operator === 'expression' || operator === 'test') return undefined;
  if (operator === 'matches') return matched(known, right, state, words);
  const other = literal(words.value(right, state));
  return other === undefined ? undefined : known === other;
}

/** Whether a text matches a pattern; what is quoted in it stands for itself. */
function matched(known: string, pattern: Word, state: ShellState, words: WordReader): boolean | undefined {
  const text = literal(words.value(pattern, state));
  if (text === undefined) return undefined;
  const plain = !/[*?[\\]/.test(text) || (pattern.parts ?? []).every(part => part.type === 'DoubleQuoted' || part.type === 'SingleQuoted');
  if (plain && !(pattern.parts === undefined && /[*?[\\]/.test(text))) return known === text;
  return /["'$\\]/.test(pattern.text) ? undefined : matchesGlob(text, known);
}
