import { split, splitOnce } from '../../image/split.ts';
import { alternatives, extent, literal, type Template } from '../../image/template.ts';
import type { Argument } from '../../shell/words.ts';
import type { Span } from '../../text/span.ts';
import type { Item } from '../usage.ts';

/** A command's words after its name, sorted into flags and the rest. */
export interface CommandLine {
  /** Values of each flag that is given one, in order. */
  readonly values: ReadonlyMap<string, readonly Item[]>;
  /** Flags that take no value; `undefined` where it cannot be known whether they are on. */
  readonly switches: ReadonlyMap<string, boolean | undefined>;
  readonly positionals: readonly Item[];
}

/** Which flags take a value, and the one name under which a flag of several names is kept. */
export interface Flags {
  takesValue(name: string): boolean;
  nameOf(name: string): string;
}

/** Flags with values, as `-t|--tag -f|--file --build-arg`: the last name of each is the one it is kept under. */
export function flags(list: string): Flags {
  const names = new Map<string, string>();
  for (const entry of list.split(/\s+/)) {
    const all = entry.split('|');
    for (const name of all) names.set(name, all.at(-1) ?? name);
  }
  return { takesValue: name => names.has(name), nameOf: name => names.get(name) ?? name };
}

/** For programs nearly all of whose flags take a value: these do not. */
export function allFlagsBut(switches: string): Flags {
  const without = new Set(switches.split(/\s+/));
  return { takesValue: name => name.startsWith('-') && !without.has(name) && !name.startsWith('--no-'), nameOf: name => name };
}

/** The values of a flag, by the name it is kept under. */
export function all({ values }: CommandLine, ...names: readonly string[]): readonly Item[] {
  return names.flatMap(name => values.get(name) ?? []);
}

/** The value that counts where a flag is given more than once. */
export function last(line: CommandLine, ...names: readonly string[]): Item | undefined {
  return all(line, ...names).at(-1);
}

/** Whether one of the flags without a value is on. */
export function isOn({ switches }: CommandLine, ...names: readonly string[]): boolean | undefined {
  const found = names.filter(name => switches.has(name)).map(name => switches.get(name));
  return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
}

/** Two lines as one: flags before a command's verb and behind it. */
export function joined(first: CommandLine, second: CommandLine): CommandLine {
  const values = new Map(first.values);
  for (const [name, items] of second.values) values.set(name, [...(values.get(name) ?? []), ...items]);
  return {
    values,
    switches: new Map([...first.switches, ...second.switches]),
    positionals: [...first.positionals, ...second.positionals],
  };
}

/**
 * Reads GNU-style words: `--flag=value`, `--flag value`, `-f value`, `-fvalue`, `-abf value`. `--` ends the flags; with `stop` so does the
 * first word that is none, and everything from there on is a positional. Of an expression that becomes one of several flags each may be given.
 */
export function readFlags(words: readonly Argument[], flagsOf: Flags, stop = false): CommandLine {
  const reader = new Reader(words, flagsOf);
  reader.read(stop);
  return reader;
}

class Reader implements CommandLine {
  readonly values = new Map<string, readonly Item[]>();
  readonly switches = new Map<string, boolean | undefined>();
  readonly positionals: Item[] = [];
  readonly #words: readonly Argument[];
  readonly #flags: Flags;
  #index = 0;

  constructor(words: readonly Argument[], flagsOf: Flags) {
    this.#words = words;
    this.#flags = flagsOf;
  }

  read(stop: boolean): void {
    for (; this.#index < this.#words.length; this.#index++) {
      const word = this.#words[this.#index] as Argument;
      const options = flagOptions(word);
      if (options) {
        this.#perhaps(options);
        continue;
      }
      const [first] = word.template;
      const start = first?.kind === 'text' ? first.text : '';
      if (!start.startsWith('-') || start === '-') {
        if (stop) break;
        this.positionals.push(word);
      } else if (literal(word.template) === '--') {
        this.#index++;
        break;
      } else this.#flag(word, start);
    }
    this.positionals.push(...this.#words.slice(this.#index));
  }

  #flag(word: Argument, start: string): void {
    const pair = splitOnce(word.template, '=');
    const name = literal(pair?.[0] ?? word.template);
    if (pair && name !== undefined && (start.startsWith('--') || this.#flags.takesValue(name))) {
      this.#add(name, itemIn(word, pair[1]));
      const value = literal(pair[1])?.toLowerCase();
      if (!this.#flags.takesValue(name)) this.switches.set(this.#flags.nameOf(name), value === undefined ? undefined : value !== 'false');
    } else if (!pair && name !== undefined && this.#flags.takesValue(name)) this.#next(name);
    else if (start.startsWith('--')) this.#turnOn(name === undefined ? start : this.#flags.nameOf(name), word);
    else this.#letters(word, start);
  }

  /** `-it`, `-ta/b:1`, `-dp 80:80`. */
  #letters(word: Argument, start: string): void {
    for (let at = 1; at < start.length; at++) {
      const name = `-${start[at]}`;
      if (!this.#flags.takesValue(name)) {
        this.#turnOn(this.#flags.nameOf(name), word);
        continue;
      }
      const value = after(word.template, at + 1);
      if (value.length > 0) this.#add(name, itemIn(word, value));
      else this.#next(name);
      return;
    }
    // Terraform's and Java's flags are words behind one dash.
    if (start.length > 2) this.switches.set(start, true);
  }

  /** A word that is there perhaps, an array's that a branch has made longer, leaves it open. */
  #turnOn(name: string, { template }: Argument): void {
    const isPerhaps = template.some(({ given }) => given?.perhaps);
    if (!isPerhaps || this.switches.get(name) !== true) this.switches.set(name, isPerhaps ? undefined : true);
  }

  #next(name: string): void {
    const next = this.#words[this.#index + 1];
    if (!next) return;
    this.#add(name, next);
    this.#index++;
  }

  #add(flag: string, item: Item): void {
    const name = this.#flags.nameOf(flag);
    this.values.set(name, [...(this.values.get(name) ?? []), item]);
  }

  #perhaps(options: readonly (readonly Argument[])[]): void {
    const lines = options.map(words => readFlags(words, this.#flags));
    for (const line of lines) {
      for (const name of line.switches.keys()) {
        const every = lines.every(other => other.switches.get(name) === true);
        this.switches.set(name, every ? true : undefined);
      }
      for (const [name, items] of line.values) for (const item of items) this.#add(name, item);
    }
  }
}

/** The words of each form of an argument that is one flag or another, or nothing: `${{ inputs.push && '--push' || '' }}`. */
function flagOptions({ template, span }: Argument): readonly (readonly Argument[])[] | undefined {
  if (template.length !== 1 || template[0]?.kind !== 'choice') return undefined;
  const forms = alternatives(template);
  const known = forms.every(([first]) => !first || (first.kind === 'text' && first.text.startsWith('-')));
  return known ? forms.map(form => split(form, /\s/).flatMap(word => (word.length > 0 ? [{ template: word, span }] : []))) : undefined;
}

/** Without the first characters of the first part. */
function after([first, ...rest]: Template, count: number): Template {
  if (first?.kind !== 'text' || first.text.length <= count) return rest;
  return [{ ...first, text: first.text.slice(count), at: inner(first.at, count) }, ...rest];
}

function inner(at: Span, from: number): Span {
  return at.end - at.start > from ? { start: at.start + from, end: at.end } : at;
}

/** A piece of a word as an item of its own: at its own place where it is written there, else at the word's. */
export function itemIn({ span }: { readonly span: Span }, template: Template): Item {
  const own = extent(template);
  const exact = own !== undefined && own.start >= span.start && own.end <= span.end;
  return { template, span: exact ? own : span };
}
