import type { AndOr, Case, CommandNode, CompoundList, PipelineNode, TestExpression, Word } from 'unbash';
import { alternatives, choice, derived, hole, literal, type Template } from '../image/template.ts';
import { shapeOfExpression } from './expressionShape.ts';
import { matchesGlob } from './glob.ts';
import type { ShellState } from './state.ts';
import type { WordReader } from './words.ts';

type Node = PipelineNode | AndOr | CompoundList;

/** One comparison: `[ "$X" = a ]`, `[[ $X =~ … ]]`, `[ -z "$X" ]`. */
interface Comparison {
  readonly operator: 'is' | 'matches' | 'expression' | 'empty';
  readonly left: Word;
  readonly right?: Word;
  readonly negated: boolean;
}

/** Whether a condition holds; `undefined` where that depends on what is not known. */
export function decide(node: Node, state: ShellState, words: WordReader): boolean | undefined {
  const comparison = comparisonOf(node);
  if (!comparison || comparison.operator === 'expression') return undefined;
  const truths = new Set(alternatives(words.value(comparison.left, state)).map(form => holdsFor(form, comparison, state, words)));
  const [truth] = truths;
  return truths.size === 1 && truth !== undefined ? truth !== comparison.negated : undefined;
}

/** Keeps in mind what a condition says of a variable, on the way on which it held or did not. */
export function assume(node: Node, truth: boolean, state: ShellState, words: WordReader): void {
  const [only] = node.type === 'CompoundList' ? node.commands : [];
  const inner = node.type === 'CompoundList' && node.commands.length === 1 && only ? only.command : node;
  if (inner.type === 'AndOr' && inner.operators.every(operator => operator === (truth ? '&&' : '||'))) {
    for (const command of inner.commands) assume(command, truth, state, words);
    return;
  }
  const comparison = comparisonOf(inner);
  const name = comparison && variableOf(comparison.left);
  if (!name || !comparison) return;
  narrow(name, form => kept(form, comparison, truth !== comparison.negated, state, words), state, words);
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
        : form;
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
}

/** What is left of a form when the comparison gave `truth`; `undefined`: it is not this one. */
function kept(form: Template, comparison: Comparison, truth: boolean, state: ShellState, words: WordReader): Template | undefined {
  const holds = holdsFor(form, comparison, state, words);
  if (holds !== undefined) return holds === truth ? form : undefined;
  if (!truth || literal(form) !== undefined) return form;
  const [only] = form;
  const at = only?.at ?? words.source.span(0, 0);
  if (comparison.operator === 'empty') return [];
  const { operator, right: word } = comparison;
  // An expression's backslashes are its own, unless a variable holds it.
  const right = word && (operator === 'expression' && !/["'$]./.test(word.text) ? word.text : literal(words.value(word, state)));
  if (right === undefined) return form;
  if (operator === 'is' || (operator === 'matches' && !/[*?[\\]/.test(right))) return derived(right, at);
  const shape = operator === 'expression' ? shapeOfExpression(right) : undefined;
  const wide = only?.kind === 'hole' && ['unknown', 'anything', 'line', 'gitRef'].includes(only.shape);
  return shape && form.length === 1 && wide ? [{ ...only, shape }] : form;
}

/** Whether a comparison holds, before its negation, for one form of its left side. */
function holdsFor(form: Template, { operator, right }: Comparison, state: ShellState, words: WordReader): boolean | undefined {
  const known = literal(form);
  if (operator === 'empty') {
    if (known !== undefined) return known === '';
    return form.some(part => part.kind === 'text') ? false : undefined;
  }
  if (known === undefined || !right || operator === 'expression') return undefined;
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

/** Reading the word once more would run something once more. */
function isComputed({ text }: Word): boolean {
  return /\$\(|`/.test(text);
}

/** A comparison whose words can be read again without running anything again. */
function comparisonOf(node: Node | CommandNode): Comparison | undefined {
  const found = readComparison(node);
  return found && [found.left, found.right].every(word => !word || !isComputed(word)) ? found : undefined;
}

function readComparison(node: Node | CommandNode): Comparison | undefined {
  switch (node.type) {
    case 'CompoundList': {
      const [only] = node.commands;
      return node.commands.length === 1 && only ? readComparison(only.command) : undefined;
    }
    case 'Pipeline': {
      const [only] = node.commands;
      const inner = node.commands.length === 1 && only ? readComparison(only) : undefined;
      const negations = node.prefixes.filter(({ type }) => type === 'Negation').length;
      return inner && { ...inner, negated: inner.negated !== (negations % 2 === 1) };
    }
    case 'TestCommand':
      return ofExpression(node.expression);
    case 'Command': {
      const args = node.args.flatMap(argument => (argument.type === 'Word' ? [argument] : []));
      if (node.args.length !== args.length) return undefined;
      if (node.name?.value === 'test') return ofWords(args);
      return node.name?.value === '[' ? ofWords(args.slice(0, -1)) : undefined;
    }
    default:
      return undefined;
  }
}

function ofWords(words: readonly Word[]): Comparison | undefined {
  if (words[0]?.text === '!') {
    const inner = ofWords(words.slice(1));
    return inner && { ...inner, negated: !inner.negated };
  }
  const [first, second, third, ...more] = words;
  if (!first || !second || more.length > 0) return undefined;
  if (!third)
    return first.text === '-z' || first.text === '-n' ? { operator: 'empty', left: second, negated: first.text === '-n' } : undefined;
  const equal = second.text === '=' || second.text === '==';
  return equal || second.text === '!=' ? { operator: 'is', left: first, right: third, negated: !equal } : undefined;
}

function ofExpression(expression: TestExpression): Comparison | undefined {
  switch (expression.type) {
    case 'TestGroup':
      return ofExpression(expression.expression);
    case 'TestNot': {
      const inner = ofExpression(expression.operand);
      return inner && { ...inner, negated: inner.negated !== (expression.negations.length % 2 === 1) };
    }
    case 'TestUnary':
      return expression.operator === '-z' || expression.operator === '-n'
        ? { operator: 'empty', left: expression.operand, negated: expression.operator === '-n' }
        : undefined;
    case 'TestBinary': {
      const { operator, left, right } = expression;
      if (operator === '=~') return { operator: 'expression', left, right, negated: false };
      return operator === '=' || operator === '==' || operator === '!='
        ? { operator: 'matches', left, right, negated: operator === '!=' }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** The variable that a word is the value of, and nothing else. */
function variableOf({ parts }: Word): string | undefined {
  if (parts?.length !== 1) return undefined;
  const [first] = parts;
  const only = first?.type === 'DoubleQuoted' && first.parts.length === 1 ? first.parts[0] : first;
  if (only?.type === 'SimpleExpansion') return /^\$\w+$/.test(only.text) ? only.text.slice(1) : undefined;
  return only?.type === 'ParameterExpansion' && !only.operation && !only.prefix && !only.index ? only.parameter : undefined;
}
