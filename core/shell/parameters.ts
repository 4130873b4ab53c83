import type { ParameterOperation, Word } from 'unbash';
import type { Shape } from '../image/shape.ts';
import { changedHole, choice, derived, hole, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';

/** Applies `${V:-d}`, `${V#p}`, `${V:0:7}`, `${V//a/b}`, `${V,,}` to a value. `evaluate` gives the operand's own value. */
export function applyOperation(
  value: Template | undefined,
  operation: ParameterOperation,
  evaluate: (word: Word) => Template,
  at: Span,
  source: string,
): Template {
  switch (operation.type) {
    case 'Default':
      return applyDefault(value, operation.operator, () => evaluate(operation.operand), at, source);
    case 'Remove':
      return changed(value, at, source, text => removed(text, literal(evaluate(operation.operand)), operation.operator));
    case 'Slice':
      return slice(value, literal(evaluate(operation.offset)), operation.length && literal(evaluate(operation.length)), at, source);
    case 'Replace':
      return replace(value, operation.operator, literal(evaluate(operation.pattern)), literal(evaluate(operation.replacement)), at, source);
    case 'CaseModification':
      return changed(value, at, source, text => (operation.operator.startsWith(',') ? text.toLowerCase() : text.toUpperCase()));
    default:
      return hole(source, 'unknown', at);
  }
}

function applyDefault(value: Template | undefined, operator: string, operand: () => Template, at: Span, source: string): Template {
  const known = value && literal(value);
  if (operator.endsWith('+')) return known === '' ? [] : choice([operand(), []], at);
  if (operator.endsWith('?')) return value ?? hole(source, 'unknown', at);
  if (value === undefined) return choice([hole(source, 'unknown', at), operand()], at);
  if (known !== undefined) return known === '' ? operand() : value;
  return choice([value, operand()], at);
}

/** A pattern's expansion without the part that `#`, `##`, `%` or `%%` takes away; `undefined` where the pattern is not understood. */
function removed(text: string, pattern: string | undefined, operator: string): string | undefined {
  if (pattern === undefined || /[[\]?\\]/.test(pattern)) return undefined;
  const [head = '', ...more] = pattern.split('*');
  if (more.length === 0) {
    if (operator.startsWith('#')) return text.startsWith(pattern) ? text.slice(pattern.length) : text;
    return text.endsWith(pattern) ? text.slice(0, text.length - pattern.length) : text;
  }
  const [tail = ''] = more;
  if (more.length > 1) return undefined;
  if (operator.startsWith('#') && head === '') {
    const found = operator === '##' ? text.lastIndexOf(tail) : text.indexOf(tail);
    return found < 0 ? text : text.slice(found + tail.length);
  }
  if (operator.startsWith('%') && tail === '') {
    const found = operator === '%%' ? text.indexOf(head) : text.lastIndexOf(head);
    return found < 0 ? text : text.slice(0, found);
  }
  return undefined;
}

/** Known text is computed; a hole keeps its author and the widest shape that the change leaves it. */
function changed(value: Template | undefined, at: Span, source: string, change: (text: string) => string | undefined): Template {
  if (!value) return hole(source, 'unknown', at);
  const known = literal(value);
  const result = known === undefined ? undefined : change(known);
  if (result !== undefined) return derived(result, at);
  return value.map(part => {
    if (part.kind === 'choice') return { ...part, options: part.options.map(option => changed(option, at, source, change)) };
    return part.kind === 'hole' ? changedHole(part, source, loosened(part.shape)) : part;
  });
}

export function loosened(shape: Shape): Shape {
  return shape === 'sha40' || shape === 'shortSha' || shape === 'integer' || shape === 'timestamp' ? 'tagSafe' : shape;
}

function slice(value: Template | undefined, offset: string | undefined, length: string | undefined, at: Span, source: string): Template {
  const from = Number(offset || '0');
  const count = length === undefined ? undefined : Number(length);
  const [part] = value ?? [];
  if (
    value?.length === 1 &&
    part?.kind === 'hole' &&
    (part.shape === 'sha40' || part.shape === 'shortSha') &&
    from === 0 &&
    (count ?? 40) >= 4
  ) {
    return [count === undefined || count >= 40 ? part : { ...part, shape: 'shortSha', length: Math.min(count, part.length ?? 40) }];
  }
  return changed(value, at, source, text =>
    from < 0 || (count ?? 0) < 0 ? undefined : text.slice(from, count === undefined ? undefined : from + count),
  );
}

/** `[^A-Za-z0-9._-]`: everything that a tag may not hold. */
export const outsideTag = /^\[[\^!](?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9._-]|\[:(?:alnum|alpha|digit|lower|upper):\])+\]\+?$/;

function replace(
  value: Template | undefined,
  operator: string,
  pattern: string | undefined,
  replacement: string | undefined,
  at: Span,
  source: string,
): Template {
  if (value && operator === '//' && pattern && outsideTag.test(pattern) && /^[A-Za-z0-9._-]*$/.test(replacement ?? '/')) {
    return narrowedHoles(value, source);
  }
  return changed(value, at, source, text => {
    if (pattern === undefined || replacement === undefined || /[*?[\]\\]/.test(pattern) || operator.length > 2) return undefined;
    return operator === '//'
      ? text.replaceAll(pattern, replacement)
      : operator === '/'
        ? text.replace(pattern, () => replacement)
        : undefined;
  });
}

function narrowedHoles(value: Template, source: string): Template {
  return value.map(part => {
    if (part.kind === 'choice') return { ...part, options: part.options.map(option => narrowedHoles(option, source)) };
    return part.kind === 'hole' ? changedHole(part, source, narrowed(part.shape)) : part;
  });
}

/** The shape that is left when everything that a tag may not hold is replaced. */
export function narrowed(shape: Shape): Shape {
  return shape === 'gitRef' ? 'branchTag' : shape === 'line' || shape === 'anything' ? 'tagSafe' : shape;
}
