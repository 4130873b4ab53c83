import { githubValue } from '../expression/contexts.ts';
import type { Shape } from '../image/shape.ts';
import { join } from '../image/split.ts';
import { derived, hole, holes, literal, type Part, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { filtered, withoutFinalBreak } from './filters.ts';
import type { ShellCommand } from './interpret.ts';
import type { Argument } from './words.ts';

/** What `echo` and `printf` print, with the line break at the end; `undefined` for other commands. */
export function printed(name: string, args: readonly Argument[], at: Span): Template | undefined {
  if (name === 'echo') {
    const flags = literal(args[0]?.template ?? []) ?? '';
    const shown = /^-[neE]+$/.test(flags) ? args.slice(1) : args;
    const words = join(
      shown.map(({ template }) => template),
      ' ',
      at,
    );
    return [...(/^-n?en?$/.test(flags) ? words.flatMap(unescaped) : words), ...derived('\n', at)];
  }
  return name === 'printf' ? formatted(args, at) : undefined;
}

/** `\n` and `\t` as `echo -e` prints them. */
function unescaped(part: Part): Template {
  if (part.kind !== 'text' || !/\\[nt]/.test(part.text)) return [part];
  return derived(
    part.text.replace(/\\([nt])/g, (_all, kind) => (kind === 'n' ? '\n' : '\t')),
    part.at,
  );
}

/** The arguments after `set -- A B` or `shift N`; `undefined` where they cannot be known. */
export function shiftedArguments(
  name: string,
  words: readonly Argument[],
  before: readonly Template[] | undefined,
): readonly Template[] | undefined {
  if (name === 'shift') return before?.slice(Number(literal(words[1]?.template ?? []) || '1') || 1);
  const start = words.findIndex(({ template }) => literal(template) === '--');
  return start < 0 ? before : words.slice(start + 1).map(({ template }) => template);
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
  [/^rev-parse\s+--abbrev-ref\b/, 'gitRef'],
  [/^rev-parse\s+(?:--verify\s+)?--short\b/, 'shortSha'],
  [/^rev-parse\s+(?:--verify\s+)?\S+$/, 'sha40'],
  [/^(?:merge-base|rev-list)\s/, 'sha40'],
  [/^(?:log|show)\s.*(?:%h\b)/, 'shortSha'],
  [/^(?:log|show)\s.*(?:%H\b)/, 'sha40'],
  [/^describe\b/, 'gitRef'],
  [/^branch\s+--show-current\b/, 'gitRef'],
];

function firstOutput({ words }: ShellCommand, at: Span, source: string): Template | undefined {
  const [name, ...args] = words.map(({ template }) => literal(template) ?? '');
  if (name === 'echo' || name === 'printf') return printed(name, words.slice(1), at);
  if (name === 'date') return hole(source, 'timestamp', at);
  if (name === 'git') {
    const line = args.join(' ');
    const shape = gitShapes.find(([pattern]) => pattern.test(line))?.[1];
    const length = /\s--short=(\d{1,2})\b/.exec(line)?.[1];
    return shape && hole(source, shape, at).map(part => (length && part.kind === 'hole' ? { ...part, length: Number(length) } : part));
  }
  if (name === 'jq') return eventField(words, at);
  if (name === 'crane' && args[0] === 'digest') return hole(source, 'digest', at);
  return undefined;
}

/** `jq -r .issue.title "$GITHUB_EVENT_PATH"` reads what `github.event.issue.title` is. */
function eventField(words: readonly Argument[], at: Span): Template | undefined {
  if (!words.some(({ template }) => holes(template).some(({ source }) => /GITHUB_EVENT_PATH/.test(source)))) return undefined;
  const path = words.map(({ template }) => /^(?:\.\w+)+$/.exec(literal(template) ?? '')?.[0]).find(Boolean);
  if (!path) return undefined;
  const { shape, author, events } = githubValue(['event', ...path.slice(1).split('.')]);
  return hole(`github.event${path}`, shape, at, author, events);
}
