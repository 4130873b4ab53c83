import * as ast from '@actions/expressions/ast';
import { alternatives, choice, derived, hole, holes, literal, type Part, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { compared, contains, endsWith, startsWith } from './compare.ts';
import { githubValue, writtenBelow } from './contexts.ts';
import { parseExpression } from './parse.ts';

/** Where names get their values. */
export interface Scope {
  /** `context.name…` as a Template whose parts stand at `at`; `undefined` where nothing is known but the name. */
  lookup(path: readonly string[], at: Span): Template | undefined;
  /** What a whole object (`inputs`) holds when it is written as JSON, where somebody outside fills a part of it. */
  object?(path: readonly string[], at: Span): Template | undefined;
  /** The event that is assumed to have started the run; without it every event may have. */
  readonly event?: string;
}

/** A value and whether GitHub takes it for true. */
interface Alternative {
  readonly template: Template;
  readonly truth: boolean | undefined;
}

/** The value of the inside of one `${{ }}` that stands at `at`. What is not understood is a hole named by its source text. */
export function evaluate(source: string, scope: Scope, at: Span): Template {
  const expression = parseExpression(source.trim());
  if (!expression) return hole(source.trim(), 'unknown', at);
  const found = new Evaluation(scope, at, source.trim()).values(expression);
  return choice(
    found.map(({ template }) => template),
    at,
  );
}

/** Whether a condition (`if:`, with or without `${{ }}`) holds; `undefined` where that cannot be told. */
export function holds(source: string, scope: Scope, at: Span): boolean | undefined {
  const inner = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(source)?.[1] ?? source;
  const expression = parseExpression(inner.trim());
  if (!expression) return undefined;
  const truths = new Set(new Evaluation(scope, at, inner.trim()).values(expression).map(({ truth }) => truth));
  return truths.size === 1 ? [...truths][0] : undefined;
}

/** `github.event.inputs` as a path, or `undefined` where an index is computed. A `.*` is the name `*`. */
export function contextPath(expression: ast.Expr): readonly string[] | undefined {
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

  values(expression: ast.Expr): readonly Alternative[] {
    if (expression instanceof ast.Grouping) return this.values(expression.group);
    if (expression instanceof ast.Literal) {
      const text = expression.literal.coerceString();
      const falsy = text === '' || (expression.literal.kind !== 0 && (text === 'false' || text === '0' || text === 'null'));
      return [{ template: derived(text, this.#at), truth: !falsy }];
    }
    if (expression instanceof ast.ContextAccess || expression instanceof ast.IndexAccess) return this.#context(expression);
    if (expression instanceof ast.Unary) return this.#boolean(not(this.#truth(expression.expr)));
    if (expression instanceof ast.Binary) return this.#boolean(this.#compare(expression));
    if (expression instanceof ast.Logical) return this.#logical(expression);
    if (expression instanceof ast.FunctionCall) return this.#call(expression);
    return this.#unknown();
  }

  #context(expression: ast.Expr): readonly Alternative[] {
    const path = contextPath(expression);
    if (!path) return this.#inside(expression);
    const found = this.#scope.lookup(path, this.#at) ?? defaultValue(path, this.#scope, this.#at);
    return alternatives(found).map(template => ({ template, truth: truthOf(template) }));
  }

  /** `fromJSON(…).name`: some part of what the call gives, or a name that is computed. */
  #inside(expression: ast.Expr): readonly Alternative[] {
    if (expression instanceof ast.IndexAccess) return this.#inside(expression.expr);
    if (!(expression instanceof ast.FunctionCall)) return this.#unknown();
    const foreign = this.values(expression).filter(({ template }) => holes(template).some(({ author }) => author !== 'trusted'));
    return foreign.length > 0 ? foreign.map(({ template }) => ({ template, truth: undefined })) : this.#unknown();
  }

  #logical({ operator, args }: ast.Logical): readonly Alternative[] {
    const isAnd = operator.lexeme === '&&';
    let results: readonly Alternative[] = [{ template: [], truth: isAnd }];
    for (const argument of args) {
      const next = this.values(argument);
      results = results.flatMap(({ template, truth }): readonly Alternative[] => {
        if (truth === !isAnd) return [{ template, truth }];
        if (truth === isAnd) return next;
        // Undecided: `a && b` is `a` only when that is falsy, and `a || b` is `a` only when that is truthy.
        return [{ template: isAnd ? falsyForm(template, this.#at) : template, truth: !isAnd }, ...next];
      });
    }
    return results;
  }

  #truth(expression: ast.Expr): boolean | undefined {
    const truths = new Set(this.values(expression).map(({ truth }) => truth));
    return truths.size === 1 ? [...truths][0] : undefined;
  }

  #compare({ left, operator, right }: ast.Binary): boolean | undefined {
    if (operator.lexeme !== '==' && operator.lexeme !== '!=') return undefined;
    const rights = this.values(right).flatMap(({ template }) => alternatives(template));
    const equal = new Set(
      this.values(left)
        .flatMap(({ template }) => alternatives(template))
        .flatMap(a => rights.map(b => compared(a, b))),
    );
    const [only] = equal;
    if (equal.size !== 1 || only === undefined) return undefined;
    return operator.lexeme === '==' ? only : !only;
  }

  #boolean(truth: boolean | undefined): readonly Alternative[] {
    if (truth === undefined) return [{ template: hole(this.#source, 'boolean', this.#at), truth: undefined }];
    return [{ template: derived(String(truth), this.#at), truth }];
  }

  #unknown(): readonly Alternative[] {
    return [{ template: hole(this.#source, 'unknown', this.#at), truth: undefined }];
  }

  #call({ functionName, args }: ast.FunctionCall): readonly Alternative[] {
    const template = (index: number) => {
      const argument = args[index];
      return argument
        ? choice(
            this.values(argument).map(value => value.template),
            this.#at,
          )
        : [];
    };
    switch (functionName.lexeme.toLowerCase()) {
      case 'format':
        return [
          {
            template: this.#format(
              template(0),
              args.map((_argument, index) => template(index)),
            ),
            truth: undefined,
          },
        ];
      case 'contains':
        return this.#boolean(contains(template(0), template(1)));
      case 'startswith':
        return this.#boolean(startsWith(template(0), template(1)));
      case 'endswith':
        return this.#boolean(endsWith(template(0), template(1)));
      case 'always':
      case 'success':
        return this.#boolean(functionName.lexeme.toLowerCase() === 'always' ? true : undefined);
      case 'failure':
      case 'cancelled':
        return this.#boolean(undefined);
      case 'hashfiles':
        return [{ template: hole(this.#source, 'tagSafe', this.#at), truth: undefined }];
      case 'tojson':
        return [{ template: this.#json(args[0]), truth: true }];
      case 'join':
      case 'fromjson':
        return [{ template: anyShape(template(0)), truth: undefined }];
      case 'case':
        return args.flatMap((argument, index) => (index % 2 === 1 || index === args.length - 1 ? this.values(argument) : []));
      default:
        return this.#unknown();
    }
  }

  #format(pattern: Template, args: readonly Template[]): Template {
    const known = literal(pattern);
    if (known === undefined) return hole(this.#source, 'unknown', this.#at);
    const parts: Part[] = [];
    for (const piece of known.split(/(\{\d+\}|\{\{|\}\})/)) {
      const index = /^\{(\d+)\}$/.exec(piece)?.[1];
      if (index !== undefined) parts.push(...(args[Number(index) + 1] ?? []));
      else parts.push(...derived(piece === '{{' ? '{' : piece === '}}' ? '}' : piece, this.#at));
    }
    return parts;
  }

  #json(argument: ast.Expr | undefined): Template {
    const path = argument && contextPath(argument);
    const object = path && this.#scope.object?.(path, this.#at);
    if (object) return object;
    const below = /^(?:github|gitea|forgejo)$/i.test(path?.[0] ?? '') ? writtenBelow(path?.slice(1) ?? []) : [];
    if (below.length > 0) return below.flatMap(({ author, events }) => hole(this.#source, 'anything', this.#at, author, events));
    return argument
      ? anyShape(
          choice(
            this.values(argument).map(({ template }) => template),
            this.#at,
          ),
        )
      : [];
  }
}

/** What a name means by itself, where the scope does not know its value. */
function defaultValue(path: readonly string[], scope: Scope, at: Span): Template {
  const [context, ...rest] = path;
  const name = path.join('.');
  switch (context?.toLowerCase()) {
    case 'github':
    case 'gitea':
    case 'forgejo': {
      if (rest[0] === 'event_name' && scope.event) return derived(scope.event, at);
      const value = githubValue(rest);
      // With an event that does not carry the value, GitHub gives the empty string.
      if (scope.event && value.events && !value.events.has(scope.event)) return [];
      return hole(name, value.shape, at, value.author, value.events);
    }
    case 'runner':
    case 'job':
      return hole(name, 'line', at);
    case 'strategy':
      return hole(name, 'integer', at);
    default:
      return hole(name, 'unknown', at);
  }
}

function truthOf(template: Template): boolean | undefined {
  const known = literal(template);
  if (known === undefined) return undefined;
  // A boolean input and the word `false` look alike here, so the word decides nothing.
  return known === 'false' || known === '0' ? undefined : known !== '';
}

function falsyForm(template: Template, at: Span): Template {
  const [part] = template;
  return part?.kind === 'hole' && part.shape === 'boolean' ? derived('false', at) : [];
}

function not(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}

/** The same authors, but shapes no longer hold: JSON syntax or separators surround the value. */
function anyShape(template: Template): Template {
  return template.map(part => (part.kind === 'hole' && part.author !== 'trusted' ? { ...part, shape: 'anything' as const } : part));
}
