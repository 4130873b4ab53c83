import { split } from '../image/split.ts';
import { derived, hole, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { breaks, each, type Filter, lineByLine, mayHold, replacedHole, withText } from './filter.ts';
import { blurred, type Change, cased, changed, firstCharacters, narrowedForm, outsideTag, withoutFirst } from './parameters.ts';
import { isOnePiece } from './reading.ts';
import { sed } from './sed.ts';
import { withoutFinalBreaks } from './value.ts';

/** `| cut -c1-7`, `| tr A-Z a-z`, `| head -n1`: what they leave of a value; `undefined` for a filter that is not understood. `args` as far as they are literal. */
export function filtered(name: string, args: readonly string[], stdin: Template | undefined, at: Span): Template | undefined {
  if (!stdin) return undefined;
  if (name === 'wc') return [...hole('$(wc)', 'integer', at), ...derived('\n', at)];
  if (/^sha(?:1|256|512)sum$|^md5sum$/.test(name) && args.length === 0)
    return [...hole(`$(${name})`, name === 'sha256sum' ? 'digestHex' : 'tagSafe', at), ...derived('  -\n', at)];
  const filter = filters[name]?.(args);
  if (!filter) return undefined;
  const input = withoutFinalBreaks(stdin);
  const result = changed(input, filter, at, [name, ...args].join(' '));
  return filter.whole ? result : [...result, ...derived('\n', at)];
}

const filters: Readonly<Record<string, (args: readonly string[]) => Filter | undefined>> = {
  tr: translate,
  sed,
  cut,
  awk,
  gawk: awk,
  head: args => first(/^-c\s?(\d+)$|^--bytes=(\d+)$/.exec(args.join(' '))) ?? oneOf(args, 0),
  tail: args => oneOf(args, -1),
  xargs: args => (args.length === 0 ? each(line => line.trim().split(/\s+/).join(' ')) : undefined),
  sort: () => oneLine,
  uniq: () => oneLine,
  rev: () => ({ text: known => [...known].reverse().join('') }),
  base64: () => ({ text: () => undefined }),
};

/** What handles lists of lines leaves a single line as it is. */
const oneLine: Filter = {
  text: known => (known.includes('\n') ? undefined : known),
  form: form => (isOnePiece(form) && !breaks(form) ? form : undefined),
};

/** `head -n 1`, `tail -1`; other numbers are left alone where there is only one line. */
function oneOf(args: readonly string[], index: 0 | -1): Filter | undefined {
  const count = /^-n\s?(\d+)$|^-(\d+)$|^$/.exec(args.join(' '));
  if (!count) return undefined;
  if (Number(count[1] ?? count[2] ?? 10) !== 1) return oneLine;
  return {
    text: known => known.split('\n').at(index),
    form: form => (isOnePiece(form) ? split(form, /\n/).at(index) : undefined),
  };
}

/** The first characters; of a commit they are a shorter one. */
function first(count: RegExpExecArray | null): Filter | undefined {
  const width = count ? Number(count[1] ?? count[2]) : undefined;
  return width === undefined
    ? undefined
    : { text: known => known.slice(0, width), form: form => firstCharacters(form, width), whole: true };
}

function translate(args: readonly string[]): Filter | undefined {
  const [flags = '', ...sets] = args[0]?.startsWith('-') && args.length > 1 ? args : ['', ...args];
  const [from = '', to = ''] = sets;
  const upper = /^(?:\[:upper:\]|\[?A-Z\]?)$/;
  const lower = /^(?:\[:lower:\]|\[?a-z\]?)$/;
  const whole = true as const;
  if (flags === '' && upper.test(from) && lower.test(to)) return caseFilter(true);
  if (flags === '' && lower.test(from) && upper.test(to)) return caseFilter(false);
  if (/^-[cCds]*[cC]/.test(flags) && outsideTag.test(`[^${from.replace(/\\[nr]/g, '')}]`)) {
    const keepsBreaks = /\\[nr]/.test(from);
    const narrow = (form: Template) => narrowedForm(form, `tr ${args.join(' ')}`, () => undefined, from, true);
    return { text: () => undefined, form: form => (keepsBreaks ? lineByLine(form, narrow) : narrow(form)), whole };
  }
  if (/c|s|C|t/.test(flags.slice(1))) return undefined;
  const characters = setOf(from);
  const replacements = setOf(to);
  if (!characters || !replacements || (flags === '' && replacements.length === 0)) return undefined;
  const map = (character: string) => {
    const index = characters.indexOf(character);
    return index < 0 ? character : flags.includes('d') ? '' : (replacements[Math.min(index, replacements.length - 1)] ?? '');
  };
  const text = (known: string) => [...known].map(map).join('');
  return { text, form: (form, _at, source) => translatedForm(form, characters, replacements.join(''), text, source), whole };
}

/** What is known is changed as written; what is not known and may hold one of the characters is told by its change then. */
function translatedForm(
  form: Template,
  characters: readonly string[],
  by: string,
  change: (known: string) => string,
  source: string,
): Template {
  return form.flatMap((part): Template => {
    if (part.kind === 'text') return withText(part, change(part.text));
    const isChanged = part.kind === 'hole' && characters.some(character => mayHold(part, character));
    return isChanged ? [replacedHole(part, by, source)] : [part];
  });
}

/** The characters of tr's set: plain ones, `\n`, and classes of white space; `undefined` for ranges. */
function setOf(set: string): readonly string[] | undefined {
  if (set === '[:space:]') return [' ', '\t', '\n', '\r'];
  if (set === '[:blank:]') return [' ', '\t'];
  const plain = set.replace(/\\([nrt\\])/g, (_all, kind: string) => ({ n: '\n', r: '\r', t: '\t' })[kind] ?? '\\');
  return /^.-./.test(plain) || (plain.length > 2 && plain.slice(1, -1).includes('-')) || /\[[:=.]/.test(plain) ? undefined : [...plain];
}

function caseFilter(lower: boolean): Filter {
  const text = (known: string) => (lower ? known.toLowerCase() : known.toUpperCase());
  return { text, form: form => cased(form, lower, 'tr', text), whole: true };
}

function cut(args: readonly string[]): Filter | undefined {
  const line = args.join(' ');
  const width = /^-(?:c|b)\s?1?-(\d+)$/.exec(line);
  if (width) {
    const count = Number(width[1]);
    return each(
      text => text.slice(0, count),
      form => (breaks(form) ? undefined : firstCharacters(form, count)),
    );
  }
  const range = /^-(?:c|b)\s?(\d+)-(\d*)$/.exec(line);
  if (range) {
    const [, from, to] = range;
    return each(
      text => text.slice(Number(from) - 1, to ? Number(to) : undefined),
      form => (to || breaks(form) ? undefined : withoutFirst(form, Number(from) - 1)),
    );
  }
  const [, delimiter, field] = /^-d\s?(.)\s-f\s?(\d+)$/.exec(line) ?? [];
  if (!delimiter) return undefined;
  return each(
    text => (text.includes(delimiter) ? (text.split(delimiter)[Number(field) - 1] ?? '') : text),
    form =>
      pieceOf(
        form,
        character => character === delimiter,
        pieces => (pieces.length === 1 ? pieces[0] : (pieces[Number(field) - 1] ?? [])),
      ),
  );
}

/** One piece of a line of which no unknown part may hold a separator. */
function pieceOf(
  form: Template,
  separates: (character: string) => boolean,
  pick: (pieces: readonly Template[]) => Template | undefined,
): Template | undefined {
  const open = form.some(
    part =>
      part.kind === 'hole' &&
      ['/', ':', '.', '-', '_', ' ', '@', ',', '='].some(character => separates(character) && mayHold(part, character)),
  );
  return open || breaks(form) ? undefined : pick(split(form, { test: separates }));
}

/** `awk '{print $1}'`, `awk -F/ '{print $NF}'`, `awk '{print tolower($0)}'`. */
function awk(args: readonly string[]): Filter | undefined {
  const joined = args.join(' ');
  const [, to] = /^\{ ?print to(lower|upper)\(\$0\) ?;? ?\}$/.exec(joined) ?? [];
  if (to) return caseFilter(to === 'lower');
  const [, separator, field] = /^(?:-F\s?(\S)\s)?\{ ?print \$(\d{1,2}|NF) ?;? ?\}$/.exec(joined) ?? [];
  if (field === undefined) return undefined;
  const pick = <T>(pieces: readonly T[], empty: T) => (field === 'NF' ? (pieces.at(-1) ?? empty) : (pieces[Number(field) - 1] ?? empty));
  const separates = (character: string) => (separator === undefined ? /\s/.test(character) : character === separator);
  return each(
    text => (field === '0' ? text : pick(separator === undefined ? text.trim().split(/\s+/) : text.split(separator), '')),
    form =>
      field === '0'
        ? form
        : pieceOf(form, separates, pieces => pick(separator === undefined ? pieces.filter(piece => piece.length > 0) : pieces, [])),
  );
}

/** The last part of a path, or what stands before it. */
export function pathPart(value: Template, kind: 'basename' | 'dirname', suffix: string, at: Span): Template {
  const change: Change = {
    text: known => {
      const path = known.replace(/(?<!\/)\/+$/, '');
      const slash = path.lastIndexOf('/');
      if (kind === 'dirname') return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash).replace(/(?<!\/)\/+$/, '');
      const base = path.slice(slash + 1);
      return suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, base.length - suffix.length) : base;
    },
    form: form => {
      if (suffix !== '' || kind === 'dirname') return undefined;
      return pieceOf(
        form,
        character => character === '/',
        pieces => pieces.at(-1),
      );
    },
  };
  return literal(value) === '' ? blurred(value, at, `$(${kind})`) : changed(value, change, at, `$(${kind})`);
}
