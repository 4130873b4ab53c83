import { type Expr, Lexer, Parser } from '@actions/expressions';

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

const cache = new Map<string, Expr | undefined>();
const maxCached = 5000;

/** Parses the inside of `${{ }}` with GitHub's own parser; `undefined` where it is no expression. The same text is parsed once. */
export function parseExpression(text: string): Expr | undefined {
  if (cache.has(text)) return cache.get(text);
  let expression: Expr | undefined;
  try {
    expression = new Parser(new Lexer(text).lex().tokens, contexts, functions).parse();
  } catch {
    // A mistake in an expression is another linter's finding; to us its value is unknown.
    expression = undefined;
  }
  if (cache.size >= maxCached) cache.clear();
  cache.set(text, expression);
  return expression;
}
