import type { ParameterOperation, Word } from 'unbash';
import { digestsApart, digestsTogether } from '../image/digestParts.ts';
import type { Author, Shape } from '../image/shape.ts';
import { holdsSlash, isWord } from '../image/shape.ts';
import { sliceText } from '../image/split.ts';
import { alternatives, changedHole, choice, derived, hole, holes, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { matchLengths, maxMatched, parseGlob } from './glob.ts';
import { removal } from './removal.ts';

/** Longer texts than are followed. */
const maxText = 2000;

/**
 * Applies `${V:-d}`, `${V#p}`, `${V:0:7}`, `${V//a/b}`, `${V,,}` to a value. `evaluate` gives the operand's own value, with a number where
 * the variable has that one of its forms: the list in `${LIST:+$LIST,}` is not empty.
 */
export function applyOperation(
  value: Template | undefined,
  operation: ParameterOperation,
  evaluate: (word: Word, form?: number) => Template,
  at: Span,
  source: string,
): Template {
  if (operation.type === 'Default') return applyDefault(value, operation.operator, form => evaluate(operation.operand, form), at, source);
  const change = value && changeOf(operation, word => literal(evaluate(word)));
  return value && change ? changed(value, change, at, source) : hole(source, 'unknown', at);
}

/** What an operation does to known text, and to a value of which a part is known. */
export interface Change {
  /** `undefined` where it cannot be told. */
  readonly text: (known: string) => string | undefined;
  /** For a form without choices that is not all known; without it, or where it gives nothing, only who wrote the value is kept. */
  readonly form?: (form: Template, at: Span, source: string) => Template | undefined;
}

function changeOf(operation: ParameterOperation, known: (word: Word) => string | undefined): Change | undefined {
  switch (operation.type) {
    case 'Remove':
      return removal(operation.operator, known(operation.operand));
    case 'Slice':
      return slice(known(operation.offset), operation.length && known(operation.length));
    case 'Replace':
      return replacement(operation.operator, known(operation.pattern), known(operation.replacement));
    case 'CaseModification':
      return operation.operand?.text ? undefined : casing(operation.operator);
    default:
      return undefined;
  }
}

/** A value after a change, each of its forms. */
export function changed(value: Template, change: Change, at: Span, source: string): Template {
  const forms = alternatives(value).map(form => {
    const known = literal(form);
    const text = known === undefined ? undefined : known.length > maxText ? undefined : change.text(known);
    if (known !== undefined) return text === undefined ? hole(source, 'unknown', at) : text === known ? form : derived(text, at);
    const left = change.form?.(digestsApart(form), at, source);
    return left ? digestsTogether(left) : blurred(form, at, source);
  });
  return choice(forms, at);
}

const authors: readonly Author[] = ['stranger', 'dispatcher', 'caller', 'pusher', 'trusted'];

/** One hole for what became of a form in a way that is not followed: who wrote it, and the widest of what it may hold. */
export function blurred(form: Template, at: Span, source: string): Template {
  const inner = holes(form);
  const [only] = inner;
  if (only && form.length === 1) return [changedHole(only, source, loosened(only.shape))];
  const author = authors.find(each => inner.some(part => part.author === each)) ?? 'trusted';
  const from = inner.find(part => part.author === author);
  const shape = widest(form);
  return from && shape !== 'unknown' ? [{ ...changedHole(from, source, shape), at }] : hole(source, 'unknown', at, author);
}

function widest(form: Template): Shape {
  const shapes = holes(form).map(({ shape }) => shape);
  if (shapes.includes('unknown')) return 'unknown';
  const safe = form.every(part =>
    part.kind === 'text' ? /^[\w.-]*$/.test(part.text) : part.kind === 'hole' && isWord(part.shape) && !holdsSlash(part.shape),
  );
  if (safe) return 'tagSafe';
  return shapes.includes('anything') ? 'anything' : 'line';
}

export function loosened(shape: Shape): Shape {
  return isWord(shape) && !holdsSlash(shape) && shape !== 'branchTag'
    ? 'tagSafe'
    : shape === 'repository'
      ? 'gitRef'
      : shape === 'digest'
        ? 'line'
        : shape;
}

function applyDefault(
  value: Template | undefined,
  operator: string,
  operand: (form?: number) => Template,
  at: Span,
  source: string,
): Template {
  if (operator.endsWith('?')) return value ?? hole(source, 'unknown', at);
  const whenEmpty = operator.startsWith(':');
  if (value === undefined)
    return operator.endsWith('+') ? choice([operand(), []], at) : choice([hole(source, 'unknown', at), operand()], at);
  const forms = alternatives(value).flatMap((form, index): readonly Template[] => {
    const known = literal(form);
    // A value that is set may still be unset for all that is known here: the environment does not tell.
    if (operator.endsWith('+'))
      return known === '' ? [[], ...(whenEmpty ? [] : [operand(index)])] : known === undefined ? [operand(index), []] : [operand(index)];
    return known === '' ? [operand(), ...(whenEmpty ? [] : [form])] : known === undefined ? [form, operand()] : [form];
  });
  return choice(forms, at);
}

function slice(offset: string | undefined, length: string | undefined): Change | undefined {
  const from = /^ *-?\d+$/.test(offset ?? '') ? Number(offset) : offset === '' ? 0 : undefined;
  const count = length === undefined ? undefined : /^ *-?\d+$/.test(length) ? Number(length) : Number.NaN;
  if (from === undefined || Number.isNaN(count)) return undefined;
  const text = (known: string) => {
    const characters = [...known];
    const start = from < 0 ? characters.length + from : from;
    const end = count === undefined ? characters.length : count < 0 ? characters.length + count : start + count;
    return start < 0 || end < start ? (start < 0 ? '' : undefined) : characters.slice(start, end).join('');
  };
  return {
    text,
    form: form => (count === undefined ? withoutFirst(form, from) : from === 0 && count > 0 ? firstCharacters(form, count) : undefined),
  };
}

/** What follows the first characters of a form that begins with known text. */
export function withoutFirst([first, ...rest]: Template, count: number): Template | undefined {
  if (count < 0 || first?.kind !== 'text' || first.text.length < count) return undefined;
  return first.text.length === count ? rest : [sliceText(first, count), ...rest];
}

/** The first characters of a form that begins with a commit. */
export function firstCharacters(form: Template, count: number): Template | undefined {
  const [first] = form;
  if (first?.kind !== 'hole' || (first.shape !== 'sha40' && first.shape !== 'shortSha')) return undefined;
  const whole = first.shape === 'sha40' ? 40 : first.length;
  if (form.length > 1 && (whole === undefined || whole < count)) return undefined;
  return [count >= 40 ? first : { ...first, shape: 'shortSha', length: Math.min(count, first.length ?? 40) }];
}

/** `[^A-Za-z0-9._-]`: everything that a tag may not hold. */
export const outsideTag = /^\[[\^!](?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9._-]|\[:(?:alnum|alpha|digit|lower|upper):\])+\]\+?$/;

/** `/`, `//`, `/#`, `/%`. */
function replacement(operator: string, pattern: string | undefined, by: string | undefined): Change | undefined {
  if (pattern === '' && by !== undefined && (operator === '/#' || operator === '/%')) return addition(by, operator === '/#');
  const pieces = pattern === undefined || pattern === '' ? undefined : parseGlob(pattern);
  // An `&` is what was matched, in newer shells.
  if (pattern === undefined || by === undefined || !pieces || by.includes('&')) return undefined;
  const text = (known: string) => {
    if (operator === '//' && !/[*?[]/.test(pattern)) return known.replaceAll(pattern, () => by);
    if (known.length > maxMatched) return undefined;
    let result = '';
    for (let at = 0; at < known.length; ) {
      const lengths = operator === '/#' && at > 0 ? [] : matchLengths(pieces, known, at);
      if (!lengths) return undefined;
      const longest = operator === '/%' ? (lengths.includes(known.length - at) ? known.length - at : 0) : (lengths.at(-1) ?? 0);
      if (longest === 0) result += known[at++];
      else {
        result += by;
        at += longest;
        if (operator !== '//') return result + known.slice(at);
      }
    }
    return result;
  };
  const narrows = operator === '//' && outsideTag.test(pattern) && /^[A-Za-z0-9._-]*$/.test(by);
  return { text, form: (form, _at, source) => (narrows ? narrowedForm(form, source, text, pattern) : undefined) };
}

/** `${a[@]/#/-t }` puts something before, `${a[@]/%/x}` behind. */
function addition(by: string, front: boolean): Change {
  return {
    text: known => (front ? by + known : known + by),
    form: (form, at) => (front ? [...derived(by, at), ...form] : [...form, ...derived(by, at)]),
  };
}

/** A form of which every character outside `set` is replaced or taken away, where the set is of a tag's characters; `bytewise` in a filter that knows ASCII alone. */
export function narrowedForm(
  form: Template,
  source: string,
  text: (known: string) => string | undefined,
  set: string,
  bytewise = false,
): Template | undefined {
  const parts = form.map(part => {
    if (part.kind === 'hole') return changedHole(part, source, narrowed(part.shape, set, bytewise));
    const known = part.kind === 'text' ? text(part.text) : undefined;
    return part.kind === 'text' && known !== undefined ? { ...part, text: known, derived: true as const } : undefined;
  });
  return parts.every(part => part !== undefined) ? parts : undefined;
}

/** The shape that is left. A hash or a number stays one where the set has its characters. */
function narrowed(shape: Shape, set: string, bytewise: boolean): Shape {
  if (shape === 'unknown') return shape;
  if (shape === 'gitRef' || shape === 'repository' || shape === 'branchTag') return 'branchTag';
  const hexadecimal = shape === 'sha40' || shape === 'shortSha' || shape === 'integer';
  const stays = hexadecimal
    ? /0-9|alnum/.test(set) && /a-z|alnum/.test(set)
    : isWord(shape) && /a-zA-Z0-9|A-Za-z0-9|alnum/.test(set) && set.includes('.');
  if (stays) return shape;
  // In the locale of GitHub's runners these classes have the letters of all alphabets.
  const isWide = !bytewise && /\[:(?:alnum|alpha|lower|upper):\]/.test(set) && !isWord(shape);
  return isWide ? 'plain' : 'tagSafe';
}

function casing(operator: string): Change {
  const lower = operator.startsWith(',');
  const each = (known: string) => (lower ? known.toLowerCase() : known.toUpperCase());
  const text = operator.length === 2 ? each : (known: string) => each(known.slice(0, 1)) + known.slice(1);
  return { text, form: (form, _at, source) => (operator.length === 2 ? cased(form, lower, source, each) : undefined) };
}

/** Each part in another case; a hash is of lower case already. */
export function cased(form: Template, lower: boolean, source: string, each: (known: string) => string): Template {
  const stays: readonly Shape[] = lower ? ['integer', 'sha40', 'shortSha', 'digest', 'digestHex'] : ['integer'];
  return form.map(part => {
    if (part.kind === 'hole')
      return stays.includes(part.shape) ? part : changedHole(part, source, lower ? part.shape : loosened(part.shape));
    const known = part.kind === 'text' ? each(part.text) : '';
    return part.kind !== 'text' || known === part.text ? part : { ...part, text: known, derived: true };
  });
}
