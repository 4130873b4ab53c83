import type { CommandArgument, DoubleQuotedChild, ParameterExpansionPart, ParsedScript, Redirection, Word, WordPart } from 'unbash';
import { isLinear, join, sliceText } from '../image/split.ts';
import { choice, derived, hole, type Part, passOn, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { runnerVariable } from './environment.ts';
import { applyOperation } from './parameters.ts';
import type { Script } from './script.ts';
import type { ShellState, Variable } from './state.ts';

/** One word of a command after expansion; `span` is the word in the file. */
export interface Argument {
  readonly template: Template;
  readonly span: Span;
}

/** Gives words their values: parameters, substitutions, quotes, splitting. */
export class WordReader {
  readonly #script: Script;
  readonly #environment: ReadonlyMap<string, Template>;
  readonly #substitute: (script: ParsedScript, state: ShellState, at: Span, source: string) => Template;

  constructor(script: Script, environment: ReadonlyMap<string, Template>, substitute: WordReader['substitute']) {
    this.#script = script;
    this.#environment = environment;
    this.#substitute = substitute;
  }

  /** The value of a command substitution. */
  get substitute(): (script: ParsedScript, state: ShellState, at: Span, source: string) => Template {
    return this.#substitute;
  }

  /** A word as one string: an assignment's value, a redirection's target. */
  value(word: Word, state: ShellState): Template {
    if (!word.parts) return this.#literal(word.pos, word.end, word.text, word.value);
    return word.parts.flatMap(part => this.#part(part, state));
  }

  /** What a here-document or a here-string among the redirections holds. */
  hereDocument(redirects: readonly Redirection[], state: ShellState): Template | undefined {
    for (const redirect of redirects) {
      if (redirect.type === 'HereString' && redirect.target) return this.value(redirect.target, state);
      if (redirect.type !== 'HereDoc') continue;
      const { body, delimiter } = redirect;
      if (!delimiter?.quoted && body.parts) return body.parts.flatMap(part => this.#part(part, state));
      return this.#script.textOf(body.pos, body.end);
    }
    return undefined;
  }

  /** A word as the arguments it becomes: arrays and unquoted values with white space become several. */
  expand(word: Word, state: ShellState): readonly Argument[] {
    const span = this.#script.span(word.pos, word.end);
    const items = this.#arrayItems(word, state);
    if (items) return items.map(item => ({ template: passOn(item, span, this.#script.path, `an element of ${word.text}`), span }));
    const unquoted = word.parts?.some(
      part => part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion' || part.type === 'CommandExpansion',
    );
    const template = this.value(word, state);
    if (!unquoted && !this.#script.hasExpression(word.pos, word.end)) return [{ template, span }];
    const mayBeEmpty = word.parts?.every(part => part.type !== 'DoubleQuoted' && part.type !== 'SingleQuoted') ?? true;
    const fields = splitFields(template);
    return (mayBeEmpty ? fields.filter(field => field.length > 0) : fields).map(field => ({ template: field, span }));
  }

  /** Command arguments; an assignment among them (`export A=b`) is written out as text. */
  arguments(args: readonly CommandArgument[], state: ShellState): readonly Argument[] {
    return args.flatMap(argument => {
      if (argument.type === 'Word') return this.expand(argument, state);
      const span = this.#script.span(argument.pos, argument.end);
      const head = this.#script.textOf(argument.pos, argument.value.pos);
      return [{ template: argument.value.type === 'Word' ? [...head, ...this.value(argument.value, state)] : head, span }];
    });
  }

  /** What `$NAME` is, as a value standing at `at`; `undefined` where nobody set it. */
  variable(name: string, state: ShellState, at: Span): Template | undefined {
    const local = state.variables.get(name);
    if (local) {
      const value = local.kind === 'string' ? local.value : (local.items[0] ?? []);
      return passOn(value, at, this.#script.path, /^\d+$/.test(name) ? `argument ${name} of a function` : `shell variable ${name}`);
    }
    const outer = this.#environment.get(name);
    return outer ? passOn(outer, at, this.#script.path, `env ${name}`) : runnerVariable(name, at);
  }

  /** `"${a[@]}"`, `${a[*]}`, `"$@"` alone in a word. */
  #arrayItems(word: Word, state: ShellState): readonly Template[] | undefined {
    if (word.parts?.length !== 1) return undefined;
    const [only] = word.parts;
    const inner = only?.type === 'DoubleQuoted' && only.parts.length === 1 ? only.parts[0] : only;
    if (inner?.type === 'SimpleExpansion' && (inner.text === '$@' || inner.text === '$*')) return items(state.variables.get('@'));
    if (inner?.type !== 'ParameterExpansion' || inner.operation || inner.prefix) return undefined;
    return inner.index && (inner.index.text === '@' || inner.index.text === '*') ? items(state.variables.get(inner.parameter)) : undefined;
  }

  #part(part: WordPart | DoubleQuotedChild, state: ShellState): Template {
    const at = this.#script.span(part.pos, part.end);
    switch (part.type) {
      case 'Literal':
        return this.#literal(part.pos, part.end, part.text, part.value);
      case 'SingleQuoted':
        return this.#script.textOf(part.pos + 1, Math.max(part.pos + 1, part.end - 1));
      case 'DoubleQuoted':
      case 'LocaleString':
        return part.parts.flatMap(child => this.#part(child, state));
      case 'AnsiCQuoted':
        return this.#script.hasExpression(part.pos, part.end) ? hole(part.text, 'unknown', at) : derived(part.value, at);
      case 'SimpleExpansion':
        return this.variable(part.text.slice(1), state, at) ?? hole(part.text, 'unknown', at);
      case 'ParameterExpansion':
        return this.#parameter(part, state, at);
      case 'CommandExpansion':
        return part.script && part.script.source === undefined
          ? this.#substitute(part.script, state, at, part.text)
          : hole(part.text, 'unknown', at);
      case 'ArithmeticExpansion':
        return hole(part.text, 'integer', at);
      case 'Glob':
        return this.#literal(part.pos, part.end, part.text, part.text);
      case 'BraceExpansion':
        return choice(
          braceOptions(part.text).map(option => derived(option, at)),
          at,
        );
      case 'ProcessSubstitution':
      case 'ExtendedGlob':
        return hole(part.text, 'unknown', at);
    }
  }

  #parameter(part: ParameterExpansionPart, state: ShellState, at: Span): Template {
    if (part.prefix === '#') return hole(part.text, 'integer', at);
    if (part.prefix === '!') return hole(part.text, 'unknown', at);
    const indexed = part.index && items(state.variables.get(part.parameter));
    if (indexed) {
      const joined = join(indexed, ' ', at);
      const one = /^\d+$/.test(part.index?.text ?? '') ? indexed[Number(part.index?.text)] : joined;
      return passOn(one ?? [], at, this.#script.path, `shell variable ${part.parameter}`);
    }
    const value = this.variable(part.parameter, state, at);
    if (!part.operation) return value ?? hole(part.text, 'unknown', at);
    return applyOperation(value, part.operation, word => this.value(word, state), at, part.text);
  }

  #literal(pos: number, end: number, written: string, value: string): Template {
    if (written === value || this.#script.hasExpression(pos, end)) return this.#script.textOf(pos, end);
    return derived(value, this.#script.span(pos, end));
  }
}

function items(variable: Variable | undefined): readonly Template[] | undefined {
  if (!variable) return undefined;
  return variable.kind === 'array' ? variable.items : [variable.value];
}

/** `{a,b}`; ranges and nested braces stay as they are. */
function braceOptions(text: string): readonly string[] {
  const inner = /^\{([^{},]*,[^{}]*)\}$/.exec(text)?.[1];
  return inner === undefined ? [text] : inner.split(',');
}

/** Splits at white space in known text, as the shell does with an unquoted expansion. Text written in the word itself has none. */
function splitFields(template: Template): readonly Template[] {
  const fields: Part[][] = [[]];
  for (const part of template) {
    if (part.kind !== 'text' || !/[ \t\n]/.test(part.text) || isLinear(part)) {
      fields.at(-1)?.push(part);
      continue;
    }
    for (const match of part.text.matchAll(/[ \t\n]+|[^ \t\n]+/g)) {
      if (/^[ \t\n]/.test(match[0])) fields.push([]);
      else fields.at(-1)?.push(sliceText(part, match.index, match.index + match[0].length));
    }
  }
  return fields;
}
