import { contains, join } from '../../expression/functions.ts';
import { coerceString, equals, string, truthOf, type Value } from '../../expression/value.ts';
import { isWord } from '../../image/shape.ts';
import { trim } from '../../image/split.ts';
import { changedHole, choice, derived, hole, literal, type Part, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { formatted } from './format.ts';
import { listFunction } from './lists.ts';

/** Functions of HCL as buildx has them, where they make names; `undefined` for the others and for what is not known. */
export function callFunction(name: string, args: readonly Value[], at: Span): Value | undefined {
  const [first, second, third] = args;
  if (name === 'timestamp' || name === 'formatdate' || name === 'timeadd') return string(hole('the date', 'timestamp', at));
  if (!first) return undefined;
  const text = coerceString(first, at);
  switch (name) {
    case 'equal':
    case 'notequal':
      return second && compared(first, second, name === 'equal', at);
    case 'and':
    case 'or': {
      const truths = args.map(truthOf);
      const decisive = name === 'or';
      return truths.includes(undefined) ? undefined : truth(truths.includes(decisive) ? decisive : !decisive, at);
    }
    case 'not': {
      const known = truthOf(first);
      return known === undefined ? undefined : truth(!known, at);
    }
    case 'join':
      return second?.kind === 'array' ? string(join(second, first, at)) : undefined;
    case 'format':
      return formatted(
        text,
        args.slice(1).map(arg => coerceString(arg, at)),
        at,
      );
    case 'lower':
    case 'upper':
      return string(text.map(part => cased(part, name)));
    case 'sanitize':
      return string(text.map(sanitized));
    case 'substr':
      return string(cut(text, second, third));
    case 'replace': {
      const [from, to] = [second, third].map(arg => arg && literal(coerceString(arg, at)));
      return from === undefined || to === undefined || from === '' ? undefined : string(text.map(part => replaced(part, from, to)));
    }
    case 'trimprefix':
    case 'trimsuffix': {
      const [whole, end] = [literal(text), second && literal(coerceString(second, at))];
      if (whole === undefined || end === undefined) return undefined;
      const has = name === 'trimprefix' ? whole.startsWith(end) : whole.endsWith(end);
      return string(
        derived(!has ? whole : name === 'trimprefix' ? whole.slice(end.length) : whole.slice(0, whole.length - end.length), at),
      );
    }
    case 'coalesce':
      return coalesce(args, at);
    case 'contains': {
      const known = second && contains(first, second, at);
      return known === undefined ? undefined : truth(known, at);
    }
    case 'trimspace':
      return string(trim(text));
    default:
      return listFunction(name, args, at);
  }
}

function compared(a: Value, b: Value, wanted: boolean, at: Span): Value | undefined {
  const same = equals(string(coerceString(a, at)), string(coerceString(b, at)));
  return same === undefined ? undefined : truth(same === wanted, at);
}

function truth(value: boolean, at: Span): Value {
  return { kind: 'boolean', value, template: derived(String(value), at) };
}

/** Everything but letters, digits and `_` becomes `-`. */
function sanitized(part: Part): Part {
  if (part.kind === 'text') return { ...part, text: part.text.replace(/[^\w]/g, '-') };
  if (part.kind === 'choice') return { ...part, options: part.options.map(option => option.map(sanitized)) };
  return changedHole(part, 'sanitize', part.shape === 'gitRef' ? 'branchTag' : isWord(part.shape) ? part.shape : 'tagSafe');
}

function replaced(part: Part, from: string, to: string): Part {
  if (part.kind === 'text') return { ...part, text: part.text.split(from).join(to) };
  if (part.kind === 'choice') return { ...part, options: part.options.map(option => option.map(inner => replaced(inner, from, to))) };
  const isFlat = part.shape === 'gitRef' && from === '/' && /^[\w.-]*$/.test(to);
  const isLeft = part.shape === 'sha40' || part.shape === 'shortSha' || part.shape === 'integer';
  return changedHole(part, `replace ${from} ${to}`, isFlat ? 'branchTag' : isLeft && !/[\da-f]/.test(from) ? part.shape : 'unknown');
}

function cased(part: Part, name: 'lower' | 'upper'): Part {
  if (part.kind === 'hole') return changedHole(part, name === 'lower' ? 'lower case' : 'upper case', part.shape);
  if (part.kind === 'choice') return { ...part, options: part.options.map(option => option.map(inner => cased(inner, name))) };
  return { ...part, text: name === 'lower' ? part.text.toLowerCase() : part.text.toUpperCase() };
}

/** `substr(COMMIT, 0, 7)`. */
function cut(text: Template, from: Value | undefined, count: Value | undefined): Template {
  const start = from?.kind === 'number' ? from.value : undefined;
  const length = count?.kind === 'number' ? count.value : undefined;
  const known = literal(text);
  const [part] = text;
  if (known !== undefined && part && start !== undefined && length !== undefined && length >= 0)
    return derived(known.slice(start, start + length), part.at);
  return text.map(one => {
    if (one.kind !== 'hole') return one;
    const isHash = one.shape === 'sha40' && start === 0 && length !== undefined && text.length === 1;
    return isHash ? { ...one, shape: 'shortSha', length } : changedHole(one, 'substr', 'unknown');
  });
}

/** The first that is neither empty nor null. */
function coalesce(args: readonly Value[], at: Span): Value {
  const forms: Template[] = [];
  for (const arg of args) {
    const known = truthOf(arg);
    if (known !== false) forms.push(coerceString(arg, at));
    if (known === true) break;
  }
  return string(choice(forms, at));
}
