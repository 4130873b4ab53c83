import type { Shape } from '../image/shape.ts';
import { type HolePart, literal, type Part, type Template } from '../image/template.ts';

/** Whether two strings are equal as `==` sees them (without case); `undefined` where what is unknown in them decides. */
export function compared(a: Template, b: Template): boolean | undefined {
  const [left, right] = [literal(a)?.toLowerCase(), literal(b)?.toLowerCase()];
  if (left !== undefined && right !== undefined) return left === right;
  if (a.length === b.length && a.every((part, index) => isSame(part, b[index]))) return true;
  if (differs(head(a), head(b), 'start') || differs(tail(a), tail(b), 'end')) return false;
  return isNeverEmpty(a) && right === '' ? false : isNeverEmpty(b) && left === '' ? false : undefined;
}

export function startsWith(text: Template, part: Template): boolean | undefined {
  const wanted = literal(part)?.toLowerCase();
  if (wanted === undefined) return undefined;
  const known = head(text);
  if (known.startsWith(wanted)) return true;
  return literal(text) !== undefined || differs(known, wanted, 'start') ? false : undefined;
}

export function endsWith(text: Template, part: Template): boolean | undefined {
  const wanted = literal(part)?.toLowerCase();
  if (wanted === undefined) return undefined;
  const known = tail(text);
  if (known.endsWith(wanted)) return true;
  return literal(text) !== undefined || differs(known, wanted, 'end') ? false : undefined;
}

export function contains(text: Template, part: Template): boolean | undefined {
  const [whole, piece] = [literal(text)?.toLowerCase(), literal(part)?.toLowerCase()];
  if (piece === undefined) return undefined;
  if (whole !== undefined) return whole.includes(piece);
  // Of a full reference only the start says its kind; no branch is called `refs/tags/`.
  if (piece.startsWith('refs/') && head(text).startsWith('refs/')) return startsWith(text, part);
  return text.some(one => one.kind === 'text' && one.text.toLowerCase().includes(piece)) ? true : undefined;
}

/** The known text at the start, lower case. */
function head(template: Template): string {
  let known = '';
  for (const part of template) {
    if (part.kind !== 'text') break;
    known += part.text;
  }
  return known.toLowerCase();
}

function tail(template: Template): string {
  let known = '';
  for (const part of [...template].reverse()) {
    if (part.kind !== 'text') break;
    known = part.text + known;
  }
  return known.toLowerCase();
}

/** Neither of the two can go on as the other. */
function differs(a: string, b: string, at: 'start' | 'end'): boolean {
  const length = Math.min(a.length, b.length);
  return at === 'start' ? a.slice(0, length) !== b.slice(0, length) : a.slice(a.length - length) !== b.slice(b.length - length);
}

/** Shapes of values that GitHub always fills. */
const filled: ReadonlySet<Shape> = new Set([
  'integer',
  'sha40',
  'shortSha',
  'digest',
  'semver',
  'timestamp',
  'login',
  'repository',
  'gitRef',
]);

function isNeverEmpty(template: Template): boolean {
  return template.some(part => (part.kind === 'text' ? part.text !== '' : part.kind === 'hole' && isFilled(part)));
}

/** Whether an unknown value is one that GitHub fills with every event. */
function isFilled({ source, shape, events }: HolePart): boolean {
  return events === undefined && filled.has(shape) && /^(?:github|gitea|forgejo)\./i.test(source);
}

/** The same text, or the same name: an expression has one value in a run. What a command prints may differ each time. */
function isSame(a: Part, b: Part | undefined): boolean {
  if (a.kind === 'text') return b?.kind === 'text' && a.text.toLowerCase() === b.text.toLowerCase();
  return a.kind === 'hole' && b?.kind === 'hole' && a.source === b.source && /^[a-z]+\.[\w.*-]+$/i.test(a.source);
}
