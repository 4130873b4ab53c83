import { access, coerceString, equals, isLess, nothing, string, truthOf, type Value } from '../../expression/value.ts';
import { choice, derived, hole, literal, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { give } from '../given.ts';
import { callFunction } from './functions.ts';
import { calculate } from './numbers.ts';
import type { BakeFile, Expression, Loop } from './syntax.ts';

/** What names mean in a bake file. */
export interface BakeScope {
  readonly file: BakeFile;
  /** Where the build is asked for, in the workflow. */
  readonly at: Span;
  variable(name: string): Value | undefined;
  /** Turns of loops that the whole call may still take. */
  readonly budget: { turns: number };
  /** A function of the file, with its parameters' values. */
  call(name: string, args: readonly Value[]): Value | undefined;
}

/** The value of an expression; what is not understood is unknown text. */
export function evaluateHcl(expression: Expression, scope: BakeScope): Value {
  switch (expression.kind) {
    case 'template':
      return templateValue(expression.parts, expression.span, scope);
    case 'literal':
      return literalValue(expression.value, scope.at);
    case 'name':
      return scope.variable(expression.name) ?? unknown(expression.name, scope);
    case 'value':
      return expression.value;
    case 'list':
      return { kind: 'array', items: expression.items.map(item => evaluateHcl(item, scope)) };
    case 'object':
      return {
        kind: 'object',
        entries: new Map(
          expression.entries.map(([key, value]) => [literal(text(evaluateHcl(key, scope), scope)) ?? '?', evaluateHcl(value, scope)]),
        ),
      };
    case 'access':
      return access(evaluateHcl(expression.object, scope), evaluateHcl(expression.key, scope)) ?? unknown('a part of a value', scope);
    case 'call': {
      const args = expression.args.map(argument => evaluateHcl(argument, scope));
      return scope.call(expression.name, args) ?? callFunction(expression.name, args, scope.at) ?? unknown(`${expression.name}(…)`, scope);
    }
    case 'conditional': {
      const truth = truthOf(evaluateHcl(expression.test, scope));
      const [yes, no] = [expression.yes, expression.no];
      if (truth !== undefined) return evaluateHcl(truth ? yes : no, scope);
      return either(evaluateHcl(yes, scope), evaluateHcl(no, scope), scope);
    }
    case 'for':
      return loop(expression, scope);
    case 'operation':
      return operation(expression.operator, expression.args, scope);
    default:
      return unknown('a part of the bake file', scope);
  }
}

function templateValue(parts: readonly (string | Expression)[], span: Span, scope: BakeScope): Value {
  const { at, file } = scope;
  const via = [{ path: file.path, span, what: 'bake file' }];
  const template = parts.flatMap((part): Template => {
    if (typeof part === 'string') return [{ kind: 'text', text: part, at, via, derived: true }];
    return text(evaluateHcl(part, scope), scope).map(inner => ({ ...inner, via: [...inner.via, ...via] }));
  });
  return string(template);
}

/** Either of two values: a list may have the items of both. */
function either(a: Value, b: Value, scope: BakeScope): Value {
  if (a.kind === 'array' && b.kind === 'array') {
    const perhaps = (items: readonly Value[]) => items.map(item => string(give(text(item, scope), undefined, true)));
    return { kind: 'array', items: [...perhaps(a.items), ...perhaps(b.items)] };
  }
  if (a.kind === 'array' || b.kind === 'array' || a.kind === 'object' || b.kind === 'object') return unknown('a value by condition', scope);
  return { kind: 'any', template: choice([text(a, scope), text(b, scope)], scope.at) };
}

/** `[for …]` as a list, `{for … => …}` as an object. What one item of many holds, where nobody knows how many there are, stands for all. */
function loop({ key, item, over, result, resultKey, test }: Loop, scope: BakeScope): Value {
  const collection = evaluateHcl(over, scope);
  const values: Value[] = [];
  const entries = new Map<string, Value>();
  for (const [index, value] of turnsOf(collection)) {
    if (scope.budget.turns-- <= 0) return unknown('a long list', scope);
    const local = new Map([[item, value], ...(key === undefined ? [] : [[key, index] as const])]);
    const inner: BakeScope = { ...scope, variable: name => local.get(name) ?? scope.variable(name) };
    const wanted = test ? truthOf(evaluateHcl(test, inner)) : true;
    if (wanted === false) continue;
    const made = evaluateHcl(result, inner);
    const isText = made.kind !== 'array' && made.kind !== 'object';
    const perhaps = wanted === undefined && isText ? string(give(text(made, inner), undefined, true)) : made;
    values.push(perhaps);
    if (resultKey) entries.set(literal(text(evaluateHcl(resultKey, inner), inner)) ?? '?', perhaps);
  }
  return resultKey ? { kind: 'object', entries } : { kind: 'array', items: values };
}

function turnsOf(collection: Value): readonly (readonly [index: Value, item: Value])[] {
  if (collection.kind === 'array') return collection.items.map((item, index) => [{ kind: 'number', value: index }, item] as const);
  if (collection.kind !== 'object') return [[collection, collection]];
  return [...collection.entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => [string(derived(name, { start: 0, end: 0 })), item] as const);
}

function operation(operator: string, args: readonly Expression[], scope: BakeScope): Value {
  const [left = nothing, right = nothing] = args.map(argument => evaluateHcl(argument, scope));
  const made = (value: boolean | undefined): Value =>
    value === undefined ? unknown(operator, scope) : { kind: 'boolean', value, template: [] };
  const equal = () => equals(string(text(left, scope)), string(text(right, scope)));
  switch (operator) {
    case '!': {
      const truth = truthOf(left);
      return made(truth === undefined ? undefined : !truth);
    }
    case '==':
      return made(equal());
    case '!=': {
      const same = equal();
      return made(same === undefined ? undefined : !same);
    }
    case '&&':
    case '||': {
      const truths = [truthOf(left), truthOf(right)];
      const decisive = operator === '||';
      return made(truths.includes(decisive) ? decisive : truths.includes(undefined) ? undefined : !decisive);
    }
    case '<':
      return made(isLess(left, right));
    case '>':
      return made(isLess(right, left));
    case '<=':
    case '>=': {
      const less = operator === '<=' ? isLess(right, left) : isLess(left, right);
      return made(less === undefined ? undefined : !less);
    }
    default:
      return calculate(operator, left, right) ?? unknown(operator, scope);
  }
}

function literalValue(value: number | boolean | null, at: Span): Value {
  if (value === null) return nothing;
  if (typeof value === 'number') return { kind: 'number', value };
  return { kind: 'boolean', value, template: [{ kind: 'text', text: String(value), at, via: [], derived: true }] };
}

function unknown(source: string, { at }: BakeScope): Value {
  return { kind: 'any', template: hole(source, 'unknown', at) };
}

/** A value as text. */
export function text(value: Value, { at }: Pick<BakeScope, 'at'>): Template {
  return coerceString(value, at);
}
