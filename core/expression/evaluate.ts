import * as ast from '@actions/expressions/ast';
import { withFact, withFacts } from '../image/facts.ts';
import { alternatives, choice, hole, holes, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { writtenBelow } from './contexts.ts';
import { anyShape, compareBy, falsyForm, isUnset, literalValue, not, truthyForm, typed } from './forms.ts';
import { contains, format, hasEnd, join } from './functions.ts';
import { fromJson, toJson } from './json.ts';
import { nameChoice, named } from './named.ts';
import { defaultValue, isCarried } from './names.ts';
import { contextsOf, parseExpression } from './parse.ts';
import type { Scope } from './scope.ts';
import type { ExpressionPiece } from './split.ts';
import { access, boolean, coerceString, nothing, string, truthOf, type Value } from './value.ts';

/** A value and whether GitHub takes it for true. */
interface Alternative {
  readonly value: Value;
  readonly truth: boolean | undefined;
}

/** More forms of one value are not told apart. */
const maxAlternatives = 64;

/** The value of one `${{ }}` that stands at `at`. What is not understood is a hole named by its source text. */
export function evaluate({ source, expression }: ExpressionPiece, scope: Scope, at: Span): Template {
  if (!expression) return hole(source, 'unknown', at);
  const value = new Evaluation(scope, at, source).text(expression);
  const isOfEvent = value.length === 1 && value[0]?.kind === 'choice' && [...contextsOf(expression)].every(name => name === 'github');
  const made = isOfEvent ? named(value, source) : value;
  const { facts } = scope;
  if (!facts || facts.size === 0) return made;
  // With one start alone an expression has one of its values, and what was checked is the expression's.
  const own = facts.get(source);
  return own ? withFact(made, own) : withFacts(made, facts);
}

/** Whether a condition (`if:`, with or without `${{ }}`) holds; `undefined` where that cannot be told. */
export function holds(source: string, scope: Scope, at: Span): boolean | undefined {
  const inner = conditionText(source);
  const expression = parseExpression(inner);
  return expression && new Evaluation(scope, at, inner).truth(expression);
}

/** The contexts that a condition reads; `undefined` where it is no expression. */
export function conditionContexts(source: string): ReadonlySet<string> | undefined {
  const expression = parseExpression(conditionText(source));
  return expression && contextsOf(expression);
}

/** The expression of an `if:`, which may stand in `${{ }}` or not. */
export function conditionText(source: string): string {
  return (/^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(source)?.[1] ?? source).trim();
}

const paths = new WeakMap<ast.Expr, { readonly path: readonly string[] | undefined }>();

/** `github.event.inputs` as a path, or `undefined` where an index is computed. A `.*` is the name `*`. */
export function contextPath(expression: ast.Expr): readonly string[] | undefined {
  // An expression that is parsed once is evaluated for each start of each step.
  const known = paths.get(expression);
  if (known) return known.path;
  const path = pathOf(expression);
  paths.set(expression, { path });
  return path;
}

function pathOf(expression: ast.Expr): readonly string[] | undefined {
  if (expression instanceof ast.ContextAccess) return [expression.name.lexeme];
  if (expression instanceof ast.Grouping) return contextPath(expression.group);
  if (!(expression instanceof ast.IndexAccess)) return undefined;
  const head = contextPath(expression.expr);
  if (!head) return undefined;
  if (expression.index instanceof ast.Literal) return [...head, expression.index.literal.coerceString()];
  return expression.index instanceof ast.Star ? [...head, '*'] : undefined;
}

class Evaluation {
  readonly #scope: Scope;
  readonly #at: Span;
  readonly #source: string;

  constructor(scope: Scope, at: Span, source: string) {
    this.#scope = scope;
    this.#at = at;
    this.#source = source;
  }

  text(expression: ast.Expr): Template {
    // Most expressions are one name, and its text asks for neither type nor truth; a number is written anew.
    const path = expression instanceof ast.IndexAccess ? contextPath(expression) : undefined;
    if (path && this.#scope.type?.(path) !== 'number') return nameChoice(this.#named(path), this.#at);
    return choice(
      this.values(expression).map(({ value }) => coerceString(value, this.#at)),
      this.#at,
    );
  }

  truth(expression: ast.Expr): boolean | undefined {
    const [first, ...more] = this.values(expression);
    return more.every(({ truth }) => truth === first?.truth) ? first?.truth : undefined;
  }

  values(expression: ast.Expr): readonly Alternative[] {
    const found = this.#values(expression);
    return found.length > maxAlternatives ? this.#unknown() : found;
  }

  #values(expression: ast.Expr): readonly Alternative[] {
    if (expression instanceof ast.Grouping) return this.values(expression.group);
    if (expression instanceof ast.Literal) return [alternative(literalValue(expression, this.#at))];
    if (expression instanceof ast.ContextAccess || expression instanceof ast.IndexAccess) return this.#access(expression);
    if (expression instanceof ast.Unary) return this.#boolean(not(this.truth(expression.expr)));
    if (expression instanceof ast.Binary) return this.#boolean(this.#compare(expression));
    if (expression instanceof ast.Logical) return this.#logical(expression);
    if (expression instanceof ast.FunctionCall) return this.#call(expression);
    return this.#unknown();
  }

  #access(expression: ast.ContextAccess | ast.IndexAccess): readonly Alternative[] {
    const path = contextPath(expression);
    if (!path) return expression instanceof ast.IndexAccess ? this.#index(expression) : this.#unknown();
    const found = this.#named(path);
    const type = this.#scope.type?.(path) ?? 'any';
    return alternatives(found).map(template => {
      const value = typed(template, type);
      return { value, truth: isCarried(template, this.#scope.events) ?? (isUnset(value) ? undefined : truthOf(value)) };
    });
  }

  #named(path: readonly string[]): Template {
    return this.#scope.lookup(path, this.#at) ?? defaultValue(path, this.#scope, this.#at);
  }

  /** `fromJSON(…).name`, or a name that is computed. */
  #index({ expr, index }: ast.IndexAccess): readonly Alternative[] {
    const indices = index instanceof ast.Star ? (['*'] as const) : this.values(index).map(({ value }) => value);
    const found = this.values(expr).flatMap(({ value }) => indices.map(one => access(value, one) ?? this.#within(value)));
    return found.map(alternative);
  }

  /** Some part of a text that somebody outside wrote is theirs too. */
  #within(value: Value): Value {
    const text = coerceString(value, this.#at);
    if (holes(text).some(({ author }) => author !== 'trusted')) return { kind: 'any', template: text };
    return { kind: 'any', template: hole(this.#source, 'unknown', this.#at) };
  }

  #logical({ operator, args }: ast.Logical): readonly Alternative[] {
    const isAnd = operator.lexeme === '&&';
    let results: readonly Alternative[] = [{ value: nothing, truth: isAnd }];
    for (const argument of args) {
      let next: readonly Alternative[] | undefined;
      const after = () => (next ??= this.values(argument));
      results = results.flatMap((result): readonly Alternative[] => {
        if (result.truth === !isAnd) return [isAnd ? { ...result, value: falsyForm(result.value, this.#at) } : result];
        if (result.truth === isAnd) return after();
        // Undecided: `a && b` is `a` only when that is falsy, and `a || b` is `a` only when that is truthy.
        const value = (isAnd ? falsyForm : truthyForm)(result.value, this.#at);
        return [{ value, truth: !isAnd }, ...after()];
      });
      if (results.length > maxAlternatives) return this.#unknown();
    }
    return results;
  }

  /** A value for a comparison, where more is known of some names than in text. */
  #compared(expression: ast.Expr): readonly Value[] {
    const path = contextPath(expression);
    const known = path && this.#scope.condition?.(path, this.#at);
    if (known) return alternatives(known).map(string);
    const values = this.values(expression).map(({ value }) => value);
    return values.some(isUnset) ? values.flatMap(value => (isUnset(value) ? [value, string([])] : [value])) : values;
  }

  #compare({ left, operator, right }: ast.Binary): boolean | undefined {
    return agreed(this.#compared(left), this.#compared(right), (a, b) => compareBy(operator.lexeme, a, b));
  }

  #boolean(truth: boolean | undefined): readonly Alternative[] {
    return [alternative(boolean(truth, this.#source, this.#at))];
  }

  #unknown(): readonly Alternative[] {
    return [alternative({ kind: 'any', template: hole(this.#source, 'unknown', this.#at) })];
  }

  /** What a function says of each combination of its arguments' forms. */
  #test(args: readonly ast.Expr[], test: (a: Value, b: Value) => boolean | undefined): readonly Alternative[] {
    const [first, second] = args;
    return this.#boolean(agreed(first ? this.#compared(first) : [nothing], second ? this.#compared(second) : [nothing], test));
  }

  #call({ functionName, args }: ast.FunctionCall): readonly Alternative[] {
    const at = this.#at;
    switch (functionName.lexeme.toLowerCase()) {
      case 'format': {
        const [pattern, ...rest] = args.map(argument => this.text(argument));
        return [alternative(string(format(pattern ?? [], rest, at) ?? hole(this.#source, 'unknown', at)))];
      }
      case 'contains':
        return this.#test(args, (a, b) => contains(a, b, at));
      case 'startswith':
        return this.#test(args, (a, b) => hasEnd('start', a, b, at));
      case 'endswith':
        return this.#test(args, (a, b) => hasEnd('end', a, b, at));
      case 'always':
        return this.#boolean(true);
      case 'success':
      case 'failure':
      case 'cancelled':
        return this.#boolean(undefined);
      case 'hashfiles':
        return [alternative(string(hole(this.#source, 'tagSafe', at)))];
      case 'tojson':
        return [{ value: string(this.#json(args[0])), truth: true }];
      case 'join':
        return this.#join(args);
      case 'fromjson':
        return args[0] ? this.values(args[0]).map(({ value }) => this.#parsed(value)) : this.#unknown();
      case 'case':
        return this.#case(args);
      default:
        return this.#unknown();
    }
  }

  /** The value after the first condition that holds, and after each before it that may. */
  #case(args: readonly ast.Expr[]): readonly Alternative[] {
    const found: Alternative[] = [];
    for (let index = 0; index + 1 < args.length; index += 2) {
      const truth = this.truth(args[index] as ast.Expr);
      if (truth !== false) found.push(...this.values(args[index + 1] as ast.Expr));
      if (truth === true) return found;
    }
    return [...found, ...this.values(args.at(-1) as ast.Expr)];
  }

  #join([list, separator]: readonly ast.Expr[]): readonly Alternative[] {
    const separators = separator ? this.values(separator) : [undefined];
    return (list ? this.values(list) : []).flatMap(({ value }) => {
      const joined = separators.map(one => join(value, one?.value, this.#at));
      // What is joined here may be a list that nobody knows.
      return joined.map(text => alternative(value.kind === 'any' ? { kind: 'any', template: anyShape(text) } : string(text)));
    });
  }

  #parsed(value: Value): Alternative {
    const text = coerceString(value, this.#at);
    const parsed = fromJson(text, this.#at);
    if (parsed) return alternative(parsed);
    const [part] = text;
    // Any structure of a text that somebody outside wrote is theirs; a boolean or number as text is one now.
    if (text.length === 1 && part?.kind === 'hole' && (part.shape === 'boolean' || part.shape === 'integer'))
      return alternative(typed(text, part.shape === 'boolean' ? 'boolean' : 'any'));
    const foreign = holes(text).some(({ author }) => author !== 'trusted');
    return alternative({ kind: 'any', template: foreign ? anyShape(text) : hole(this.#source, 'unknown', this.#at) });
  }

  #json(argument: ast.Expr | undefined): Template {
    const path = argument && contextPath(argument);
    const object = path && this.#scope.object?.(path, this.#at);
    if (object) return object;
    const below = /^(?:github|gitea|forgejo)$/i.test(path?.[0] ?? '') ? writtenBelow(path?.slice(1) ?? []) : [];
    if (below.length > 0) return below.flatMap(({ author, events }) => hole(this.#source, 'anything', this.#at, author, events));
    if (!argument) return [];
    const values = this.values(argument).map(({ value }) => {
      const known = toJson(value, this.#at);
      if (known) return anyShape(known);
      const text = coerceString(value, this.#at);
      return holes(text).some(({ author }) => author !== 'trusted') ? anyShape(text) : hole(this.#source, 'unknown', this.#at);
    });
    return choice(values, this.#at);
  }
}

/** What a test says of each pair, where it says the same of all. */
function agreed(
  firsts: readonly Value[],
  seconds: readonly Value[],
  test: (a: Value, b: Value) => boolean | undefined,
): boolean | undefined {
  let said: { readonly verdict: boolean | undefined } | undefined;
  for (const a of firsts) {
    for (const b of seconds) {
      const verdict = test(a, b);
      if (said && said.verdict !== verdict) return undefined;
      said ??= { verdict };
    }
  }
  return said?.verdict;
}

function alternative(value: Value): Alternative {
  return { value, truth: truthOf(value) };
}
