import { data } from '@actions/expressions';
import type * as ast from '@actions/expressions/ast';
import { derived, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ValueType } from './scope.ts';
import { equals, isLess, nothing, string, type Value } from './value.ts';

export function literalValue({ literal }: ast.Literal, at: Span): Value {
  switch (literal.kind) {
    case data.Kind.Null:
      return nothing;
    case data.Kind.Boolean:
      return { kind: 'boolean', value: literal.number() !== 0, template: derived(literal.coerceString(), at) };
    case data.Kind.Number:
      return { kind: 'number', value: literal.number() };
    default:
      return string(derived(literal.coerceString(), at));
  }
}

/** A name's text as the type that it is declared with. */
export function typed(template: Template, type: ValueType): Value {
  if (type === 'string') return string(template);
  const known = literal(template);
  if (type === 'boolean' && template.length > 0)
    return { kind: 'boolean', value: known === 'true' ? true : known === 'false' ? false : undefined, template };
  if (type === 'number' && known !== undefined && known !== '') return { kind: 'number', value: Number(known) };
  return { kind: 'any', template };
}

/** What a comparison says of two values. */
export function compareBy(operator: string, a: Value, b: Value): boolean | undefined {
  switch (operator) {
    case '==':
      return equals(a, b);
    case '!=':
      return not(equals(a, b));
    case '<':
      return isLess(a, b);
    case '>':
      return isLess(b, a);
    default:
      return or(equals(a, b), operator === '<=' ? isLess(a, b) : isLess(b, a));
  }
}

function or(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}

export function not(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}

/** What an undecided value is when it is falsy. */
export function falsyForm(value: Value, at: Span): Value {
  if (value.kind === 'boolean') return { kind: 'boolean', value: false, template: derived('false', at) };
  if (value.kind !== 'string' && value.kind !== 'any') return value;
  if (isUnset(value)) return { ...value, template: [] };
  if (literal(value.template) !== undefined) return value;
  const [part] = value.template;
  return part?.kind === 'hole' && part.shape === 'boolean' ? { kind: 'any', template: derived('false', at) } : { ...value, template: [] };
}

/** What an undecided value is when it is truthy. */
export function truthyForm(value: Value, at: Span): Value {
  return value.kind === 'boolean' ? { kind: 'boolean', value: true, template: derived('true', at) } : value;
}

/** The same authors, but shapes no longer hold: JSON syntax or separators surround the value. */
export function anyShape(template: Template): Template {
  return template.map(part => (part.kind === 'hole' && part.author !== 'trusted' ? { ...part, shape: 'anything' as const } : part));
}

/** Whether a value may be empty instead, because only a branch of a script writes it. */
export function isUnset(value: Value): boolean {
  return (value.kind === 'string' || value.kind === 'any') && value.template.some(part => part.unset);
}
