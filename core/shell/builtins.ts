import type { Shape } from '../image/shape.ts';
import { derived, hole, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ShellCommand } from './interpret.ts';
import type { Argument } from './words.ts';

/** What `echo` and `printf` print, with the line break at the end; `undefined` for other commands. */
export function printed(name: string, args: readonly Argument[], at: Span): Template | undefined {
  if (name === 'echo') {
    const words = args.filter(({ template }, index) => !(index === 0 && /^-[neE]+$/.test(literal(template) ?? '')));
    return [...joinWords(words, at), ...derived('\n', at)];
  }
  return name === 'printf' ? formatted(args, at) : undefined;
}

function joinWords(words: readonly Argument[], at: Span): Template {
  return words.flatMap(({ template }, index): Template => (index === 0 ? template : [...derived(' ', at), ...template]));
}

/** `printf FORMAT ARG…` for the conversions people use; the format is used again while arguments are left. */
function formatted(args: readonly Argument[], at: Span): Template | undefined {
  const [format, ...values] = args;
  const known = format && literal(format.template);
  if (known === undefined) return undefined;
  const queue = [...values];
  const result: Template[number][] = [];
  do {
    for (const piece of known.split(/(%[-0-9.]*[a-zA-Z%]|\\[nt\\])/)) {
      if (piece === '%%') result.push(...derived('%', at));
      else if (/^%[-0-9.]*[sbq]$/.test(piece)) result.push(...(queue.shift()?.template ?? []));
      else if (/^%[-0-9.]*[di]$/.test(piece)) result.push(...hole(`$(printf ${piece})`, 'integer', queue.shift()?.span ?? at));
      else if (piece.startsWith('%') && piece.length > 1) result.push(...hole(`$(printf ${piece})`, 'unknown', at));
      else if (piece.startsWith('\\')) result.push(...derived({ '\\n': '\n', '\\t': '\t' }[piece] ?? '\\', at));
      else result.push(...derived(piece, at));
    }
  } while (queue.length > 0 && /%[-0-9.]*[sbqdi]/.test(known));
  return result;
}

/** The value of `$(…)` from the commands in it: the last one's output, through filters that are known. */
export function substitution(commands: readonly ShellCommand[], at: Span, source: string): Template | undefined {
  const [first, ...filters] = commands;
  if (!first) return undefined;
  let value = firstOutput(first, at, source);
  for (const filter of filters) value = value && filtered(value, filter, at);
  return value && withoutFinalBreak(value);
}

const gitShapes: readonly [RegExp, Shape][] = [
  [/^rev-parse\s+(?:--verify\s+)?--short\b/, 'shortSha'],
  [/^rev-parse\s+(?:--verify\s+)?\S+$/, 'sha40'],
  [/^(?:merge-base|rev-list)\s/, 'sha40'],
  [/^(?:log|show)\s.*(?:%h\b)/, 'shortSha'],
  [/^(?:log|show)\s.*(?:%H\b)/, 'sha40'],
  [/^describe\b/, 'gitRef'],
  [/^rev-parse\s+--abbrev-ref\b/, 'gitRef'],
  [/^branch\s+--show-current\b/, 'gitRef'],
];

function firstOutput({ words }: ShellCommand, at: Span, source: string): Template | undefined {
  const [name, ...args] = words.map(({ template }) => literal(template) ?? '');
  if (name === 'echo' || name === 'printf') return printed(name, words.slice(1), at);
  if (name === 'date') return hole(source, 'timestamp', at);
  if (name === 'git') {
    const line = args.join(' ');
    const abbreviated = /^rev-parse\s+--abbrev-ref\b/.test(line);
    const shape = abbreviated ? 'gitRef' : gitShapes.find(([pattern]) => pattern.test(line))?.[1];
    return shape && hole(source, shape, at);
  }
  if (name === 'crane' && args[0] === 'digest') return hole(source, 'digest', at);
  return undefined;
}

/** `| cut -c1-7`, `| tr A-Z a-z`, `| head -n1`: what they leave of a value; `undefined` for a filter that is not understood. */
function filtered(value: Template, { words }: ShellCommand, at: Span): Template | undefined {
  const [name, ...args] = words.map(({ template }) => literal(template) ?? '');
  const line = args.join(' ');
  const known = literal(withoutFinalBreak(value));
  if (name === 'tr' && /^'?(?:\[:upper:\]|A-Z)'?\s+'?(?:\[:lower:\]|a-z)'?$/.test(line))
    return known === undefined ? value : derived(known.toLowerCase(), at);
  if ((name === 'tr' && /^-d\s/.test(line)) || name === 'xargs' || (name === 'head' && /^-n\s?1$|^-1$/.test(line))) return value;
  const width = name === 'cut' ? /^-(?:c|b)\s?1?-(\d+)$/.exec(line)?.[1] : name === 'head' ? /^-c\s?(\d+)$/.exec(line)?.[1] : undefined;
  if (width === undefined) return undefined;
  if (known !== undefined) return derived(known.slice(0, Number(width)), at);
  return withoutFinalBreak(value).map(part =>
    part.kind === 'hole' && part.shape === 'sha40' && Number(width) < 40 ? { ...part, shape: 'shortSha' as const } : part,
  );
}

function withoutFinalBreak(value: Template): Template {
  const last = value.at(-1);
  if (last?.kind !== 'text' || !last.text.endsWith('\n')) return value;
  const kept = last.text.replace(/\n+$/, '');
  return kept === '' ? value.slice(0, -1) : [...value.slice(0, -1), { ...last, text: kept }];
}
