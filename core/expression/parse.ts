import { type Expr, Lexer, Parser } from '@actions/expressions';
import * as ast from '@actions/expressions/ast';

const contexts = [
  'github',
  'gitea',
  'forgejo',
  'env',
  'vars',
  'job',
  'jobs',
  'steps',
  'runner',
  'secrets',
  'strategy',
  'matrix',
  'needs',
  'inputs',
];
const functions = [
  { name: 'always', minArgs: 0, maxArgs: 0 },
  { name: 'success', minArgs: 0, maxArgs: 255 },
  { name: 'failure', minArgs: 0, maxArgs: 255 },
  { name: 'cancelled', minArgs: 0, maxArgs: 0 },
  { name: 'hashFiles', minArgs: 1, maxArgs: 255 },
  { name: 'case', minArgs: 3, maxArgs: 255 },
];

/** What is no expression is kept too, as `false`. */
const cache = new Map<string, Expr | false>();
const maxCached = 5000;

/** Parses the inside of `${{ }}` with GitHub's own parser; `undefined` where it is no expression. The same text is parsed once. */
export function parseExpression(text: string): Expr | undefined {
  const known = cache.get(text);
  if (known !== undefined) return known || undefined;
  let expression: Expr | false;
  try {
    expression = new Parser(new Lexer(text).lex().tokens, contexts, functions).parse();
  } catch {
    // A mistake in an expression is another linter's finding; to us its value is unknown.
    expression = false;
  }
  if (cache.size >= maxCached) cache.clear();
  cache.set(text, expression);
  return expression || undefined;
}

const roots = new WeakMap<Expr, ReadonlySet<string>>();

/** The contexts that an expression reads (`github`, `env`), in lower case. */
export function contextsOf(expression: Expr): ReadonlySet<string> {
  const known = roots.get(expression);
  if (known) return known;
  const found = new Set<string>();
  collect(expression, found);
  roots.set(expression, found);
  return found;
}

function collect(expression: Expr, found: Set<string>): void {
  if (expression instanceof ast.ContextAccess) found.add(expression.name.lexeme.toLowerCase());
  else if (expression instanceof ast.IndexAccess) {
    collect(expression.expr, found);
    collect(expression.index, found);
  } else if (expression instanceof ast.Grouping) collect(expression.group, found);
  else if (expression instanceof ast.Unary) collect(expression.expr, found);
  else if (expression instanceof ast.Binary) {
    collect(expression.left, found);
    collect(expression.right, found);
  } else if (expression instanceof ast.Logical || expression instanceof ast.FunctionCall) {
    for (const argument of expression.args) collect(argument, found);
  }
}
