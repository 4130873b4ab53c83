import type { AndOr, CommandNode, CompoundList, Pipeline, PipelineNode, TestExpression, Word } from 'unbash';
import { literal } from '../image/template.ts';
import { type TextTest, textTest } from '../text/textTest.ts';
import { arithmeticTest, exprTest, grepTest, isNumberOperator, numberTest } from './checkCommands.ts';
import { expressionTest, globTest } from './patterns.ts';
import type { ShellState } from './state.ts';
import type { WordReader } from './words.ts';

export type Node = PipelineNode | AndOr | CompoundList;

/** One comparison: `[ "$X" = a ]`, `[[ $X =~ … ]]`, `[ -z "$X" ]`, `grep -q … <<< "$X"`. */
export interface Comparison {
  readonly operator: 'is' | 'matches' | 'expression' | 'empty' | 'test';
  readonly left: Word;
  readonly right?: Word;
  readonly negated: boolean;
  /** The shell splits the left side, so that it may be several words: `[ $X = a ]`. */
  readonly splits?: true;
  /** What a command other than `[` and `[[` looks for. */
  readonly test?: (state: ShellState, words: WordReader) => TextTest | undefined;
}

/** A comparison whose words can be read again without running anything again. */
export function comparisonOf(node: Node | CommandNode): Comparison | undefined {
  return rereadable(readComparison(node));
}

function rereadable(found: Comparison | undefined): Comparison | undefined {
  return found && [found.left, found.right].every(word => !word || !isComputed(word)) ? found : undefined;
}

/** Reading the word once more would run something once more. */
export function isComputed({ text }: Word): boolean {
  return /\$\(|`/.test(text);
}

/** What a comparison looks for in its left side, before its negation; `undefined` where that is not understood. */
export function testOf({ operator, right, test }: Comparison, state: ShellState, words: WordReader): TextTest | undefined {
  if (test) return test(state, words);
  if (operator === 'empty') return textTest('', '');
  if (!right) return undefined;
  if (operator === 'expression') return expressionTest(right, state, words);
  if (operator === 'matches') return globTest(right, state, words);
  const text = literal(words.value(right, state));
  return text === undefined ? undefined : textTest(text, right.text);
}

/** Parts of a condition that count by themselves: the operands of `&&` (or `||`), a pair of parentheses. */
export function partsOf(
  node: Node | CommandNode,
): { readonly operator: '&&' | '||'; readonly negated: boolean; readonly parts: readonly Part[] } | undefined {
  if (node.type === 'CompoundList') {
    const [only] = node.commands;
    return node.commands.length === 1 && only ? partsOf(only.command) : undefined;
  }
  if (node.type === 'BraceGroup') return partsOf(node.body);
  if (node.type === 'Pipeline') {
    const [only] = node.commands;
    const inner = node.commands.length === 1 && only ? partsOf(only) : undefined;
    return inner && { ...inner, negated: inner.negated !== isNegated(node) };
  }
  return node.type === 'TestCommand' ? partsOfExpression(node.expression) : undefined;
}

/** A part of a condition: a comparison, or parts of its own. */
export type Part = Comparison | { readonly operator: '&&' | '||'; readonly negated: boolean; readonly parts: readonly Part[] };

function partsOfExpression(expression: TestExpression): ReturnType<typeof partsOf> {
  switch (expression.type) {
    case 'TestGroup':
      return partsOfExpression(expression.expression);
    case 'TestNot': {
      const inner = partsOfExpression(expression.operand);
      return inner && { ...inner, negated: inner.negated !== (expression.negations.length % 2 === 1) };
    }
    case 'TestLogical': {
      const parts = expression.operands.map(operand => partsOfExpression(operand) ?? rereadable(ofExpression(operand)));
      const known = parts.filter(part => part !== undefined);
      return { operator: expression.operator, negated: false, parts: known };
    }
    default:
      return undefined;
  }
}

function isNegated({ prefixes }: Pipeline): boolean {
  return prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1;
}

function readComparison(node: Node | CommandNode): Comparison | undefined {
  switch (node.type) {
    case 'CompoundList': {
      const [only] = node.commands;
      return node.commands.length === 1 && only ? readComparison(only.command) : undefined;
    }
    case 'BraceGroup':
      return readComparison(node.body);
    case 'Pipeline': {
      const inner = ofPipeline(node);
      return inner && { ...inner, negated: inner.negated !== isNegated(node) };
    }
    case 'Redirected':
      return readComparison(node.command);
    case 'TestCommand':
      return ofExpression(node.expression);
    case 'Command': {
      const name = node.name?.value;
      if (name === 'grep' || name === 'egrep' || name === 'fgrep') return ofFilter(node);
      const args = node.args.flatMap(argument => (argument.type === 'Word' ? [argument] : []));
      if (node.args.length !== args.length) return undefined;
      if (name === 'test') return unquotedOr(ofWords(args));
      if (name === 'expr') return ofExpr(args);
      return name === '[' ? unquotedOr(ofWords(args.slice(0, -1))) : undefined;
    }
    default:
      return undefined;
  }
}

function unquotedOr(found: Comparison | undefined): Comparison | undefined {
  return found && found.left.parts?.[0]?.type !== 'DoubleQuoted' ? { ...found, splits: true } : found;
}

function ofPipeline({ commands }: Pipeline): Comparison | undefined {
  const [first, second, ...more] = commands;
  if (first && !second) return readComparison(first);
  if (first?.type !== 'Command' || second?.type !== 'Command' || more.length > 0 || first.redirects.length > 0) return undefined;
  if (second.redirects.some(redirect => redirect.type !== 'Redirect' || redirect.operator.startsWith('<'))) return undefined;
  const printed = printedWord(
    first.name?.value ?? '',
    first.args.flatMap(argument => (argument.type === 'Word' ? [argument] : [])),
  );
  if (printed?.word.parts?.[0]?.type !== 'DoubleQuoted') return undefined;
  return {
    operator: 'test',
    left: printed.word,
    negated: false,
    test: (state, words) => grepTest(second, printed.by, state, words),
  };
}

/** The one word that a command prints as it is. */
function printedWord(name: string, args: readonly Word[]): { readonly word: Word; readonly by: 'echo' | 'printf' } | undefined {
  if (name === 'echo') {
    const words = args[0]?.text === '-n' ? args.slice(1) : args;
    return words.length === 1 && words[0] ? { word: words[0], by: 'echo' } : undefined;
  }
  const [format, word, ...more] = args;
  if (name !== 'printf' || !word || more.length > 0 || !/^(["']?)%s(?:\\n)?\1$/.test(format?.text ?? '')) return undefined;
  return { word, by: 'printf' };
}

/** `grep -q … <<< "$X"`. */
function ofFilter(node: Extract<CommandNode, { type: 'Command' }>): Comparison | undefined {
  const input = node.redirects.find(({ type }) => type === 'HereString');
  if (input?.type !== 'HereString' || !input.target) return undefined;
  return { operator: 'test', left: input.target, negated: false, test: (state, words) => grepTest(node, 'printf', state, words) };
}

/** `expr "$X" : 'PATTERN'`. */
function ofExpr([left, colon, right, ...more]: readonly Word[]): Comparison | undefined {
  if (!left || !right || colon?.value !== ':' || more.length > 0) return undefined;
  return { operator: 'test', left, right, negated: false, test: (state, words) => exprTest(right, state, words) };
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
  const number = numberOperand(first, second, third);
  if (number) return { operator: 'test', left: number, negated: false, test: () => numberTest(second.text) };
  const equal = second.text === '=' || second.text === '==';
  return equal || second.text === '!=' ? { operator: 'is', left: first, right: third, negated: !equal } : undefined;
}

/** The side of `-eq` and its like that is a variable. */
function numberOperand(first: Word, operator: Word, third: Word): Word | undefined {
  if (!isNumberOperator(operator.text)) return undefined;
  return variableOf(first) ? first : third;
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
      if (isNumberOperator(operator)) {
        const word = variableOf(left) ? left : right;
        return { operator: 'test', left: word, negated: false, test: () => arithmeticTest(operator) };
      }
      return operator === '=' || operator === '==' || operator === '!='
        ? { operator: 'matches', left, right, negated: operator === '!=' }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** The variable that a word is the value of, and nothing else. */
export function variableOf({ parts }: Word): string | undefined {
  if (parts?.length !== 1) return undefined;
  const [first] = parts;
  const only = first?.type === 'DoubleQuoted' && first.parts.length === 1 ? first.parts[0] : first;
  if (only?.type === 'SimpleExpansion') return /^\$\w+$/.test(only.text) ? only.text.slice(1) : undefined;
  return only?.type === 'ParameterExpansion' && !only.operation && !only.prefix && !only.index ? only.parameter : undefined;
}
