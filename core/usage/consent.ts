import type { Expr } from '@actions/expressions';
import * as ast from '@actions/expressions/ast';
import { conditionText, contextPath } from '../expression/evaluate.ts';
import { parseExpression } from '../expression/parse.ts';

/**
 * Whether a condition lets only those pull requests, issues and comments through that people with rights made or agreed to: from a branch
 * of the repository itself, with a label, by certain people or by members. What such runs may do is not in a stranger's hands.
 */
export function needsConsent(condition: string): boolean {
  if (!/head|label|actor|login|association/i.test(condition)) return false;
  const expression = parseExpression(conditionText(condition));
  return expression !== undefined && consents(expression);
}

function consents(expression: Expr): boolean {
  if (expression instanceof ast.Grouping) return consents(expression.group);
  if (expression instanceof ast.Logical) {
    if (expression.operator.lexeme === '&&') return expression.args.some(consents);
    // Runs of other events bring nothing of a stranger's.
    const others = expression.args.filter(argument => !isOtherEvent(argument));
    return others.length > 0 && others.every(consents);
  }
  if (expression instanceof ast.Unary) return expression.operator.lexeme === '!' && /\.head\.repo\.fork$/.test(pathOf(expression.expr));
  if (expression instanceof ast.Binary) return comparison(expression);
  return expression instanceof ast.FunctionCall && contains(expression);
}

const person = /^github\.(?:actor|triggering_actor|event\.(?:sender|comment\.user|issue\.user|pull_request\.user)\.login)$/;
const association = /^github\.event\.(?:comment|issue|pull_request|review)\.author_association$/;
const label = /^github\.event\.label\.name$/;

function comparison({ left, right, operator }: ast.Binary): boolean {
  const [a, b] = [pathOf(left), pathOf(right)];
  if (operator.lexeme === '!=') return isFork(a, right, 'true') || isFork(b, left, 'true');
  if (operator.lexeme !== '==') return false;
  const own = (one: string, other: string) => /\.head\.repo(?:sitory)?\.full_name$/.test(one) && other === 'github.repository';
  if (own(a, b) || own(b, a) || isFork(a, right, 'false') || isFork(b, left, 'false')) return true;
  return isAsked(a, right) || isAsked(b, left);
}

function isFork(path: string, value: Expr, wanted: string): boolean {
  return /\.head\.repo\.fork$/.test(path) && textOf(value) === wanted;
}

/** Somebody is named, or a label. */
function isAsked(path: string, value: Expr): boolean {
  const text = textOf(value);
  if (association.test(path)) return text !== undefined && members.has(text);
  return (person.test(path) || label.test(path)) && text !== undefined && text !== '';
}

const members: ReadonlySet<string> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

/** `contains(github.event.pull_request.labels.*.name, 'ok')`, `contains(fromJSON('["OWNER"]'), …author_association)`. */
function contains({ functionName, args }: ast.FunctionCall): boolean {
  const [list, item] = args;
  if (functionName.lexeme.toLowerCase() !== 'contains' || !list || !item) return false;
  if (/^github\.event\.(?:pull_request|issue)\.labels\.\*\.name$/.test(pathOf(list))) return textOf(item) !== undefined;
  const text = list instanceof ast.FunctionCall ? textOf(list.args[0]) : textOf(list);
  const path = pathOf(item);
  if (text === undefined) return false;
  return association.test(path) ? !/CONTRIBUTOR|FIRST_TIME|NONE|MANNEQUIN/.test(text) : person.test(path);
}

function isOtherEvent(expression: Expr): boolean {
  if (expression instanceof ast.Grouping) return isOtherEvent(expression.group);
  if (!(expression instanceof ast.Binary) || pathOf(expression.left) !== 'github.event_name') return false;
  const event = textOf(expression.right) ?? '';
  return expression.operator.lexeme === '=='
    ? /^(?:push|schedule|workflow_dispatch|release|create)$/.test(event)
    : /^(?:pull_request|issue|comment|discussion)/.test(event);
}

function pathOf(expression: Expr): string {
  return contextPath(expression)?.join('.').toLowerCase() ?? '';
}

function textOf(expression: Expr | undefined): string | undefined {
  return expression instanceof ast.Literal ? expression.literal.coerceString() : undefined;
}
