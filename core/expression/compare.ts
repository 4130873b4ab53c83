import { literal, type Template } from '../image/template.ts';

/** Whether two strings are equal as `==` sees them (without case); `undefined` where what is unknown in them decides. */
export function compared(a: Template, b: Template): boolean | undefined {
  const [left, right] = [literal(a)?.toLowerCase(), literal(b)?.toLowerCase()];
  if (left !== undefined && right !== undefined) return left === right;
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

/** `contains(text, part)`, or `contains(fromJSON('["a", "b"]'), item)` for a list that is written out. */
export function contains(text: Template, part: Template): boolean | undefined {
  const [whole, piece] = [literal(text)?.toLowerCase(), literal(part)?.toLowerCase()];
  if (whole === undefined || piece === undefined) return undefined;
  const list = jsonList(whole);
  return list ? list.includes(piece) : whole.includes(piece);
}

function jsonList(text: string): readonly string[] | undefined {
  if (!/^\s*\[/.test(text)) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
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

function isNeverEmpty(template: Template): boolean {
  return template.some(part => part.kind === 'text' && part.text !== '');
}
