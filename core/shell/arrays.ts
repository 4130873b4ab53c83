import type { ParameterExpansionPart, Word } from 'unbash';
import { join } from '../image/split.ts';
import { alternatives, derived, hole, literal, passOn, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { applyOperation } from './parameters.ts';
import type { ShellState, Variable } from './state.ts';
import type { WordReader } from './words.ts';

/** `"${a[@]}"`, `${a[*]}`, `"$@"` alone in a word, also `"${a[@]/#/-t }"` and `"${a[@]:1}"`; `undefined` for other words. */
export function arrayItems(word: Word, state: ShellState, words: WordReader): readonly Template[] | undefined {
  if (word.parts?.length !== 1) return undefined;
  const [only] = word.parts;
  const quoted = only?.type === 'DoubleQuoted';
  const inner = quoted && only.parts.length === 1 ? only.parts[0] : only;
  if (inner?.type === 'SimpleExpansion') {
    if (inner.text !== '$@' && (inner.text !== '$*' || quoted)) return undefined;
    return items(state.get('@'));
  }
  if (inner?.type !== 'ParameterExpansion' || inner.prefix === '#') return undefined;
  const index = inner.index?.text ?? (inner.parameter === '@' ? '@' : undefined);
  if (index !== '@' && (index !== '*' || quoted)) return undefined;
  const variable = state.get(inner.parameter);
  if (inner.prefix === '!') return variable && keys(variable)?.map(key => derived(key, words.source.span(inner.pos, inner.end)));
  const found = items(variable);
  const { operation } = inner;
  if (!found || !operation) return found;
  const at = words.source.span(inner.pos, inner.end);
  if (operation.type === 'Slice')
    return variable?.kind === 'array' && isWhole(variable) ? slice(found, operation, state, words) : undefined;
  if (operation.type === 'Default') return found.length > 0 ? found : undefined;
  return found.map(item => applyOperation(item, operation, operand => words.value(operand, state), at, inner.text));
}

function slice(
  found: readonly Template[],
  { offset, length }: { readonly offset: Word; readonly length: Word | undefined },
  state: ShellState,
  words: WordReader,
): readonly Template[] | undefined {
  const from = literal(words.value(offset, state));
  const count = length && literal(words.value(length, state));
  if (!/^\d+$/.test(from ?? '') || (length && !/^\d+$/.test(count ?? ''))) return undefined;
  return found.slice(Number(from), count === undefined ? undefined : Number(from) + Number(count));
}

/** `${V}`, `${V:-d}`, `${a[0]}`, `${#V}`, `${!V}` as one string. */
export function parameterValue(part: ParameterExpansionPart, state: ShellState, at: Span, words: WordReader): Template {
  const { parameter, prefix, index, operation, text } = part;
  const variable = state.get(parameter);
  if (prefix === '#') return count(variable, index?.text, parameter, state, words, at) ?? hole(text, 'integer', at);
  if (prefix === '!') return indirect(part, state, at, words) ?? hole(text, 'unknown', at);
  let value: Template | undefined;
  if (index && variable && variable.kind !== 'string') {
    const element = elementAt(variable, index, state, at, words);
    if (!element) return hole(text, 'unknown', at);
    value = passOn(element, at, words.source.path, `shell variable ${parameter}`);
  } else value = index && !/^[0@*]$/.test(index.text) ? undefined : words.variable(parameter, state, at);
  if (!operation) return value ?? hole(text, 'unknown', at);
  const stateOf = (form?: number) => (index || form === undefined ? state : withForm(parameter, form, state, words));
  const result = applyOperation(value, operation, (word, form) => words.value(word, stateOf(form)), at, text);
  if (operation.type === 'Default' && operation.operator.endsWith('=')) state.set(parameter, { kind: 'string', value: result });
  return result;
}

/** The state in which a variable with several forms has one of them. */
function withForm(name: string, form: number, state: ShellState, words: WordReader): ShellState {
  const own = state.get(name);
  const value = own ? (own.kind === 'string' ? own.value : undefined) : words.outerValue(name);
  const forms = value ? alternatives(value) : [];
  const only = forms[form];
  if (!only || forms.length === 1) return state;
  const inner = state.fork();
  const isOuter = !own || (own.kind === 'string' && own.outer);
  inner.set(name, { kind: 'string', value: only, ...(isOuter && { outer: true as const }) });
  return inner;
}

function elementAt(
  variable: Exclude<Variable, { kind: 'string' }>,
  index: Word,
  state: ShellState,
  at: Span,
  words: WordReader,
): Template | undefined {
  if (index.text === '@' || index.text === '*') return joined(variable, state, at);
  const key = literal(words.value(index, state));
  if (key === undefined) return undefined;
  if (variable.kind === 'map') return variable.entries.get(key) ?? (variable.open ? undefined : []);
  const number = /^-?\d+$/.test(key) ? Number(key) : literal(words.variable(key.replace(/^\$/, ''), state, at) ?? []);
  if (number === undefined || (!isWhole(variable) && !(Number(number) >= 0 && Number(number) < (variable.sure ?? 0)))) return undefined;
  return variable.items.at(Number(number)) ?? [];
}

/** Whether it is known how many elements there are. */
function isWhole(list: Exclude<Variable, { kind: 'string' }>): boolean {
  return !list.open && (list.kind === 'map' || list.sure === undefined);
}

/** The elements with `IFS`'s first character between them. */
function joined(variable: Exclude<Variable, { kind: 'string' }>, state: ShellState, at: Span): Template | undefined {
  const found = items(variable);
  const ifs = state.get('IFS');
  const separator = ifs?.kind === 'string' ? literal(ifs.value) : ' ';
  return found && separator !== undefined && isWhole(variable) ? join(found, separator[0] ?? '', at) : undefined;
}

function count(
  variable: Variable | undefined,
  index: string | undefined,
  name: string,
  state: ShellState,
  words: WordReader,
  at: Span,
): Template | undefined {
  if (index === '@' || index === '*') {
    const found = items(variable);
    return found && variable && (variable.kind === 'string' || isWhole(variable)) ? derived(String(found.length), at) : undefined;
  }
  const known = index === undefined ? literal(words.variable(name, state, at) ?? hole('', 'unknown', at)) : undefined;
  return known === undefined ? undefined : derived(String([...known].length), at);
}

/** `${!NAME}`: the variable that the variable names. */
function indirect(
  { parameter, index, operation }: ParameterExpansionPart,
  state: ShellState,
  at: Span,
  words: WordReader,
): Template | undefined {
  if (index || operation) return undefined;
  const name = literal(words.variable(parameter, state, at) ?? []);
  return name && /^\w+$/.test(name) ? words.variable(name, state, at) : undefined;
}

function items(variable: Variable | undefined): readonly Template[] | undefined {
  if (!variable) return undefined;
  return variable.kind === 'array' ? variable.items : variable.kind === 'map' ? [...variable.entries.values()] : [variable.value];
}

function keys(variable: Variable): readonly string[] | undefined {
  if (variable.kind === 'string' || !isWhole(variable)) return undefined;
  return variable.kind === 'map' ? [...variable.entries.keys()] : variable.items.map((_item, index) => String(index));
}
