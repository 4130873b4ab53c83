import type { CommandArgument, DoubleQuotedChild, ParsedScript, Redirection, Word, WordPart } from 'unbash';
import { derived, hole, literal, passOn, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { arithmetic, forgetCounted } from './arithmetic.ts';
import { arrayItems, parameterValue } from './arrays.ts';
import { braced } from './braces.ts';
import { runnerVariable } from './environment.ts';
import { type Segment, splitFields } from './fields.ts';
import type { ShellSource } from './source.ts';
import type { ShellState } from './state.ts';
import { withoutFinalBreaks } from './value.ts';

/** One word of a command after expansion; `span` is the word in the file. */
export interface Argument {
  readonly template: Template;
  readonly span: Span;
  /** One of its forms holds white space outside quotes, so that the shell makes several arguments of it. */
  readonly splits?: true;
}

/** What a word needs from around it. */
export interface WordContext {
  readonly source: ShellSource;
  /** A variable that the script has not set. */
  outer(name: string): Template | undefined;
  /** What a substitution prints, its line breaks at the end included. */
  substitute(script: ParsedScript, state: ShellState, at: Span, source: string): Template;
}

/** Gives words their values: parameters, substitutions, quotes, splitting. */
export class WordReader {
  readonly source: ShellSource;
  readonly #context: WordContext;

  constructor(context: WordContext) {
    this.source = context.source;
    this.#context = context;
  }

  /** A word as one string: an assignment's value, a redirection's target. */
  value(word: Word, state: ShellState): Template {
    if (!word.parts) return this.#literal(word.pos, word.end, word.text, word.value);
    return word.parts.flatMap(part => this.#part(part, state));
  }

  /** What a here-document or here-string among the redirections holds, or a `<(…)` prints; `undefined` where there is none. */
  input(redirects: readonly Redirection[], state: ShellState): Template | undefined {
    const redirect = redirects.findLast(({ type, ...rest }) => type !== 'Redirect' || ('operator' in rest && rest.operator === '<'));
    if (!redirect) return undefined;
    if (redirect.type === 'HereDoc') {
      const { body, delimiter } = redirect;
      if (!delimiter?.quoted && body.parts) return body.parts.flatMap(part => this.#part(part, state));
      return this.source.textOf(body.pos, body.end);
    }
    const { target } = redirect;
    if (!target) return undefined;
    const at = this.source.span(target.pos, target.end);
    if (redirect.type === 'HereString') return [...this.value(target, state), ...derived('\n', at)];
    const only = target.parts?.length === 1 ? target.parts[0] : undefined;
    if (only?.type === 'ProcessSubstitution' && only.script) return this.#context.substitute(only.script, state, at, only.text);
    return hole(`< ${this.#written(target)}`, 'unknown', at);
  }

  /** A word as the arguments it becomes: arrays, braces and unquoted values with white space become several. `globs`: a `*` is a file name then. */
  expand(word: Word, state: ShellState, globs = false): readonly Argument[] {
    if (!word.parts && !this.source.hasExpression(word.pos, word.end)) return [this.#plain(word)];
    const span = this.source.span(word.pos, word.end);
    const items = arrayItems(word, state, this);
    if (items) return items.map(item => ({ template: passOn(item, span, this.source.path, `an element of ${this.#written(word)}`), span }));
    const [part, more] = word.parts ?? [];
    if (part && !more && quotes.has(part.type)) return [{ template: this.#part(part, state), span }];
    const forms = braced(word.parts ?? []);
    return forms.flatMap(parts => {
      const segments = parts
        ? parts.map(part =>
            typeof part === 'string' ? { template: derived(part, span), kind: 'text' as const } : this.#segment(part, state, globs),
          )
        : [{ template: this.source.textOf(word.pos, word.end), kind: 'splits' as const }];
      return splitFields(segments, separators(state)).map(({ template, splits }) => ({ template, span, ...(splits && { splits }) }));
    });
  }

  /** A word that is as it is written. */
  #plain(word: Word): Argument {
    const template = this.#literal(word.pos, word.end, word.text, word.value);
    const [part, more] = template;
    return { template, span: part?.kind === 'text' && !more && !part.derived ? part.at : this.source.span(word.pos, word.end) };
  }

  #segment(part: WordPart, state: ShellState, globs: boolean): Segment {
    const template =
      globs && part.type === 'Glob' ? hole(part.text, 'unknown', this.source.span(part.pos, part.end)) : this.#part(part, state);
    if (quotes.has(part.type)) return { template, kind: 'quoted' };
    switch (part.type) {
      case 'Literal':
        return { template, kind: this.source.hasExpression(part.pos, part.end) ? 'splits' : 'text' };
      case 'SimpleExpansion':
      case 'ParameterExpansion':
      case 'CommandExpansion':
        return { template, kind: 'splits' };
      default:
        return { template, kind: 'text' };
    }
  }

  /** Command arguments; an assignment among them (`export A=b`) is written out as text. */
  arguments(args: readonly CommandArgument[], state: ShellState): readonly Argument[] {
    const found: Argument[] = [];
    for (const argument of args) {
      if (argument.type === 'Word') {
        found.push(...this.expand(argument, state));
        continue;
      }
      const span = this.source.span(argument.pos, argument.end);
      const head = this.source.textOf(argument.pos, argument.value.pos);
      found.push({ template: argument.value.type === 'Word' ? [...head, ...this.value(argument.value, state)] : head, span });
    }
    return found;
  }

  /** What `$NAME` is, as a value standing at `at` and as checks told of it; `undefined` where nobody set it. */
  variable(name: string, state: ShellState, at: Span): Template | undefined {
    const value = this.#variable(name, state, at);
    return value && state.known(value);
  }

  #variable(name: string, state: ShellState, at: Span): Template | undefined {
    const local = state.get(name);
    if (local?.kind === 'string' && local.outer) return this.#passed(local.value, name, at);
    if (local) {
      const value = local.kind === 'string' ? local.value : ((local.kind === 'array' ? local.items[0] : local.entries.get('0')) ?? []);
      return passOn(value, at, this.source.path, /^\d+$/.test(name) ? `argument ${name} of a function` : `shell variable ${name}`);
    }
    if (name === '#') {
      const count = state.arguments?.length;
      return count === undefined ? hole('$#', 'integer', at) : derived(String(count), at);
    }
    if (/^[1-9]\d*$/.test(name) && state.arguments) return [];
    const outer = this.outerValue(name);
    return outer && this.#passed(outer, name, at);
  }

  /** What the environment holds under a name, as it stands there. */
  outerValue(name: string): Template | undefined {
    return this.#context.outer(name) ?? runnerVariable(name, { start: 0, end: 0 });
  }

  /** A runner's own variable has no place where it was set. */
  #passed(value: Template, name: string, at: Span): Template {
    if (this.#context.outer(name)) return passOn(value, at, this.source.path, `env ${name}`);
    return value.map(part => ({ ...part, at }));
  }

  #part(part: WordPart | DoubleQuotedChild, state: ShellState): Template {
    const at = this.source.span(part.pos, part.end);
    switch (part.type) {
      case 'Literal':
        return this.#literal(part.pos, part.end, part.text, part.value);
      case 'SingleQuoted':
        return this.source.textOf(part.pos + 1, Math.max(part.pos + 1, part.end - 1));
      case 'DoubleQuoted':
      case 'LocaleString':
        return part.parts.flatMap(child => this.#part(child, state));
      case 'AnsiCQuoted':
        return this.source.hasExpression(part.pos, part.end) ? hole(this.#written(part), 'unknown', at) : derived(part.value, at);
      case 'SimpleExpansion':
        return this.variable(part.text.slice(1), state, at) ?? hole(part.text, shapeOfSpecial[part.text] ?? 'unknown', at);
      case 'ParameterExpansion':
        return parameterValue(part, state, at, this);
      case 'CommandExpansion': {
        const written = this.#written(part);
        return part.script && part.script.source === undefined
          ? named(withoutFinalBreaks(this.#context.substitute(part.script, state, at, written)), at, written)
          : hole(written, 'unknown', at);
      }
      case 'ArithmeticExpansion': {
        forgetCounted(part.text, state, at);
        const known = arithmetic(part.expression, name => literal(this.variable(name, state, at) ?? []));
        return known === undefined ? hole(this.#written(part), 'integer', at) : derived(String(known), at);
      }
      case 'Glob':
      case 'BraceExpansion':
        return this.#literal(part.pos, part.end, part.text, part.text);
      case 'ProcessSubstitution':
        if (part.script?.source === undefined && part.script) this.#context.substitute(part.script, state, at, this.#written(part));
        return hole(this.#written(part), 'unknown', at);
      case 'ExtendedGlob':
        return hole(this.#written(part), 'unknown', at);
    }
  }

  /** As it stands in the script, where the parser saw letters in the place of expressions. */
  #written({ pos, end, text }: { readonly pos: number; readonly end: number; readonly text: string }): string {
    return this.source.hasExpression(pos, end) ? this.source.slice(pos, end) : text;
  }

  #literal(pos: number, end: number, written: string, value: string): Template {
    if (written === value || this.source.hasExpression(pos, end)) return this.source.textOf(pos, end);
    return derived(value, this.source.span(pos, end));
  }
}

/** Parts that are one word with what is in them, even nothing. */
const quotes: ReadonlySet<WordPart['type']> = new Set(['SingleQuoted', 'DoubleQuoted', 'LocaleString', 'AnsiCQuoted']);

const shapeOfSpecial: Readonly<Record<string, 'integer'>> = {
  '$?': 'integer',
  $$: 'integer',
  '$!': 'integer',
  '$#': 'integer',
  $RANDOM: 'integer',
  $SECONDS: 'integer',
};

/** The characters at which an unquoted value is split. */
function separators(state: ShellState): string {
  const ifs = state.get('IFS');
  return (ifs?.kind === 'string' ? literal(ifs.value) : undefined) ?? ' \t\n';
}

/** A value that a command alone makes, and that has no name of its own, stands where the substitution stands and is called after it. */
function named(value: Template, at: Span, source: string): Template {
  const [only] = value;
  if (value.length !== 1 || only?.kind !== 'hole' || !only.source.startsWith('$(')) return value;
  return [{ ...only, at, source }];
}
