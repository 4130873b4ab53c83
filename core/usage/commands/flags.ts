import { splitOnce } from '../../image/split.ts';
import { literal, type Template } from '../../image/template.ts';
import type { Argument } from '../../shell/words.ts';
import type { Item } from '../usage.ts';

/** A command's words after its name, sorted into flags and the rest. */
export interface CommandLine {
  /** Values of each flag that takes one, in order. */
  readonly values: ReadonlyMap<string, readonly Item[]>;
  /** Flags given without a value. */
  readonly switches: ReadonlySet<string>;
  readonly positionals: readonly Item[];
}

/**
 * Reads GNU-style words: `--flag=value`, `--flag value` and `-f value`/`-fvalue` for the flags of `valued`; anything else that begins
 * with `-` is a switch. `--` ends the flags.
 */
export function readFlags(words: readonly Argument[], valued: ReadonlySet<string>): CommandLine {
  const values = new Map<string, Item[]>();
  const switches = new Set<string>();
  const positionals: Item[] = [];
  const add = (flag: string, item: Item) => values.set(flag, [...(values.get(flag) ?? []), item]);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Argument;
    const [first] = word.template;
    const start = first?.kind === 'text' ? first.text : '';
    if (!start.startsWith('-') || start === '-') {
      positionals.push(word);
      continue;
    }
    if (literal(word.template) === '--') {
      positionals.push(...words.slice(index + 1));
      break;
    }
    const pair = start.startsWith('--') ? splitOnce(word.template, '=') : undefined;
    const name = pair ? literal(pair[0]) : literal(word.template);
    if (pair && name !== undefined) {
      if (valued.has(name)) add(name, item(pair[1], word));
      else if (literal(pair[1]) !== 'false') switches.add(name);
    } else if (name !== undefined && valued.has(name)) {
      const next = words[index + 1];
      if (next) add(name, next);
      index++;
    } else if (!start.startsWith('--') && valued.has(start.slice(0, 2)) && first) {
      const rest =
        first.kind === 'text' ? [{ ...first, text: first.text.slice(2), at: inner(first.at, 2) }, ...word.template.slice(1)] : [];
      add(start.slice(0, 2), item(rest, word));
    } else switches.add(name ?? start);
  }
  return { values, switches, positionals };
}

function inner(at: { start: number; end: number }, from: number): { start: number; end: number } {
  return at.end - at.start > from ? { start: at.start + from, end: at.end } : at;
}

function item(template: Template, word: Argument): Item {
  const start = template[0]?.at.start ?? word.span.start;
  const exact = start >= word.span.start && start < word.span.end;
  return { template, span: exact ? { start, end: word.span.end } : word.span };
}

/** The words up to the first that is no flag: `docker --context prod build` → `build`. */
export function skipGlobalFlags(words: readonly Argument[], valued: ReadonlySet<string>): readonly Argument[] {
  let index = 0;
  for (; index < words.length; index++) {
    const template = words[index]?.template ?? [];
    const [first] = template;
    // `--context=$CONTEXT` is one word; what it holds does not matter here.
    if (first?.kind !== 'text' || !first.text.startsWith('-')) break;
    if (valued.has(literal(template) ?? '')) index++;
  }
  return words.slice(index);
}
