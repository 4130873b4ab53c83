import { join, split } from '../image/split.ts';
import { derived, type HolePart, holes, type Template } from '../image/template.ts';
import { breaks, canHold, each, type Filter, inTurn, lineByLine, replacedHole, withText } from './filter.ts';
import { narrowedForm, outsideTag } from './parameters.ts';

interface Substitution {
  readonly pattern: string;
  readonly by: string;
  readonly all: boolean;
}

/** `sed 's/A/B/g'`, `sed -e … -e …`, `sed 's/A/B/; s/C/D/'` as far as the patterns are plain; `undefined` for other scripts. */
export function sed(args: readonly string[]): Filter | undefined {
  const filters: Filter[] = [];
  for (const script of scriptsOf(args) ?? []) {
    for (const substitution of substitutions(script) ?? [undefined]) {
      const filter = substitution && substitute(substitution);
      if (!filter) return undefined;
      filters.push(filter);
    }
  }
  return filters.length > 1 ? inTurn(filters) : filters[0];
}

/** What stands behind each `-e`, else the first word; nothing where other words or flags count too. */
function scriptsOf(args: readonly string[]): readonly string[] | undefined {
  const words: string[] = [];
  const given: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    if (/^-[Ers]*e$/.test(argument)) given.push(args[++index] ?? '');
    else if (!/^-[Ers]+$|^--regexp-extended$/.test(argument)) words.push(argument);
  }
  if (given.length > 0) return words.length === 0 ? given : undefined;
  return words.length === 1 ? words : undefined;
}

function substitutions(script: string): readonly Substitution[] | undefined {
  const found: Substitution[] = [];
  for (let rest = script.trim(); rest !== ''; ) {
    const delimiter = rest[1];
    if (rest[0] !== 's' || !delimiter || /[\w\s\\]/.test(delimiter)) return undefined;
    const pattern = upTo(rest, 2, delimiter);
    const by = pattern && upTo(rest, pattern.end, delimiter);
    const [tail, flags] = (by && /^(g?)\s*(?:;\s*|$)/.exec(rest.slice(by.end))) ?? [];
    if (!by || tail === undefined || pattern === undefined) return undefined;
    found.push({ pattern: pattern.text, by: by.text, all: flags === 'g' });
    rest = rest.slice(by.end + tail.length);
  }
  return found.length > 0 ? found : undefined;
}

/** The text before the next delimiter; one with a backslash before it is a character of the text. */
function upTo(script: string, from: number, delimiter: string): { text: string; end: number } | undefined {
  let text = '';
  for (let index = from; index < script.length; index++) {
    const character = script[index] as string;
    if (character === delimiter) return { text, end: index + 1 };
    if (character !== '\\') text += character;
    else {
      const next = script[++index] ?? '';
      text += next === delimiter ? next : `\\${next}`;
    }
  }
  return undefined;
}

const plainPattern = /^\^?(?:[\w/: @,=#-]|\\[./-])+\$?$/;

function substitute({ pattern, by, all }: Substitution): Filter | undefined {
  if (pattern === '.*' || pattern === '^.*$') return surround(by);
  if (/[\\&]/.test(by)) return undefined;
  if (pattern === '^') return surround(`${by}&`);
  if (pattern === '$') return surround(`&${by}`);
  if (all && outsideTag.test(pattern) && /^[\w.-]*$/.test(by))
    return {
      text: () => undefined,
      form: (form, _at, source) => lineByLine(form, one => narrowedForm(one, source, () => undefined, pattern)),
    };
  if (!plainPattern.test(pattern)) return { text: () => undefined };
  const plain = pattern.replace(/^\^|\$$/g, '').replace(/\\([./-])/g, '$1');
  return pattern.startsWith('^') || pattern.endsWith('$') ? anchored(pattern, plain, by) : anywhere(plain, by, all);
}

/** `s/^/-t /`, `s/$/,/`, `s|.*|<&>|`: something around each line. */
function surround(by: string): Filter | undefined {
  const [before, after, ...more] = by.split('&');
  if (before === undefined || after === undefined || more.length > 0 || by.includes('\\')) return undefined;
  return each(
    line => `${before}${line}${after}`,
    (form, at) => {
      if (holes(form).some(mayBreak)) return undefined;
      const lines = split(form, /\n/).map(line => [...derived(before, at), ...line, ...derived(after, at)]);
      return join(lines, '\n', at);
    },
  );
}

function mayBreak({ shape }: HolePart): boolean {
  return shape === 'anything' || shape === 'unknown';
}

function anchored(pattern: string, plain: string, by: string): Filter {
  const change = (line: string) => {
    if (!pattern.startsWith('^')) return line.endsWith(plain) ? line.slice(0, line.length - plain.length) + by : line;
    return line.startsWith(plain) && (!pattern.endsWith('$') || line === plain) ? by + line.slice(plain.length) : line;
  };
  return each(change, form => {
    const [head, ...tail] = form;
    if (pattern.endsWith('$') || head?.kind !== 'text' || head.text.length < plain.length || breaks(form)) return undefined;
    return [...withText(head, change(head.text)), ...tail];
  });
}

/** What is known is changed as written; what is not known may hold the text, and is told by its change then. */
function anywhere(plain: string, by: string, all: boolean): Filter {
  const change = (line: string) => (all ? line.replaceAll(plain, () => by) : line.replace(plain, () => by));
  return each(change, (form, _at, source) => {
    if (straddles(form, plain)) return undefined;
    const held = (part: Template[number]) =>
      part.kind === 'text' ? part.text.includes(plain) : part.kind === 'hole' && canHold(part, plain);
    // Only the first is replaced, and it cannot be told which that is.
    if (!all && (breaks(form) || holes(form).some(mayBreak) || form.filter(held).length > 1)) return undefined;
    return form.flatMap((part): Template => {
      if (part.kind === 'text') return withText(part, change(part.text));
      return part.kind === 'hole' && held(part) ? [replacedHole(part, by, source)] : [part];
    });
  });
}

/** Whether the text may begin in one part and end in another. */
function straddles(form: Template, plain: string): boolean {
  for (let cut = 1; cut < plain.length; cut++) {
    const [head, tail] = [plain.slice(0, cut), plain.slice(cut)];
    for (let index = 1; index < form.length; index++) {
      if (mayEnd(form[index - 1], head) && mayBegin(form[index], tail)) return true;
    }
  }
  return false;
}

function mayEnd(part: Template[number] | undefined, head: string): boolean {
  if (part?.kind !== 'text') return part?.kind !== 'hole' || canHold(part, head);
  return part.text.endsWith(head) || head.endsWith(part.text);
}

function mayBegin(part: Template[number] | undefined, tail: string): boolean {
  if (part?.kind !== 'text') return part?.kind !== 'hole' || canHold(part, tail);
  return part.text.startsWith(tail) || tail.startsWith(part.text);
}
