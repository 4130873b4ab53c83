import type { Expr } from '@actions/expressions';
import * as ast from '@actions/expressions/ast';
import { commonFact, type Fact, type Facts, noFacts } from '../image/facts.ts';
import { shapeOfCharacters } from '../image/shapeCharacters.ts';
import { noCharacter, singleCharacter, union } from '../text/characters.ts';
import { conditionText, contextPath } from './evaluate.ts';
import { parseExpression } from './parse.ts';

/** What holds of the event's values where a condition (`if:`, with or without `${{ }}`) let a step or job run: `inputs.env == 'prod'`. */
export function factsOfCondition(condition: string): Facts {
  if (!/==|contains/.test(condition)) return noFacts;
  const expression = parseExpression(conditionText(condition));
  return expression ? factsOf(expression) : noFacts;
}

function factsOf(expression: Expr): Facts {
  if (expression instanceof ast.Grouping) return factsOf(expression.group);
  if (expression instanceof ast.Logical) {
    const each = expression.args.map(factsOf);
    if (expression.operator.lexeme === '&&') return new Map(each.flatMap(facts => [...facts]));
    const [first] = each;
    const found = new Map<string, Fact>();
    for (const source of first?.keys() ?? []) {
      const fact = commonFact(each.map(facts => facts.get(source)));
      if (fact) found.set(source, fact);
    }
    return found;
  }
  if (expression instanceof ast.Binary && expression.operator.lexeme === '==') {
    const [left, right] = [expression.left, expression.right];
    return known(left, literalOf(right)) ?? known(right, literalOf(left)) ?? noFacts;
  }
  return expression instanceof ast.FunctionCall ? ofContains(expression) : noFacts;
}

/** `contains(fromJSON('["a", "b"]'), X)`: X is one of the list. */
function ofContains({ functionName, args }: ast.FunctionCall): Facts {
  const [list, item] = args;
  if (functionName.lexeme.toLowerCase() !== 'contains' || !item || !(list instanceof ast.FunctionCall)) return noFacts;
  const text = list.functionName.lexeme.toLowerCase() === 'fromjson' ? literalOf(list.args[0]) : undefined;
  if (text === undefined) return noFacts;
  try {
    const items: unknown = JSON.parse(text);
    const texts = Array.isArray(items) ? items.map(String) : [];
    return (texts.length > 0 && known(item, texts.join(''))) || noFacts;
  } catch {
    return noFacts;
  }
}

function literalOf(expression: Expr | undefined): string | undefined {
  return expression instanceof ast.Literal ? expression.literal.coerceString() : undefined;
}

/** Texts compare without case, so only their characters are known. */
function known(expression: Expr, text: string | undefined): Facts | undefined {
  const path = text === undefined ? undefined : contextPath(expression);
  const source = path?.join('.');
  if (!source || text === undefined) return undefined;
  const held = [...text.toLowerCase(), ...text.toUpperCase()].map(singleCharacter).reduce(union, noCharacter);
  const shape = shapeOfCharacters(held);
  return shape && new Map([[source.replace(/^github\.event\.inputs\./i, 'inputs.'), { shape }]]);
}
