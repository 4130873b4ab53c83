import type { CompoundCommand, CompoundList, Redirected } from 'unbash';
import { choice, hole, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';

/** A shell variable: one string, or an array's elements. */
export type Variable =
  | { readonly kind: 'string'; readonly value: Template }
  | { readonly kind: 'array'; readonly items: readonly Template[] };

/** `$GITHUB_OUTPUT` and `$GITHUB_ENV`: what is appended is read back line by line when the step ends. */
export type Sink = 'output' | 'env' | 'summary';

/** Longer values than people build: what a loop of doublings makes is not followed. */
const maxParts = 256;

/** A variable's value, or nobody-knows where it has grown out of bounds. */
export function bounded(variable: Variable, name: string, at: Span): Variable {
  const parts = variable.kind === 'array' ? variable.items : variable.value;
  return parts.length > maxParts ? { kind: 'string', value: hole(`$${name}`, 'unknown', at) } : variable;
}

/** What a shell knows at one point of the script. */
export class ShellState {
  readonly variables: Map<string, Variable>;
  /** Functions are shared by all branches: where one is defined matters less than that it is. */
  readonly functions: Map<string, CompoundCommand | Redirected | CompoundList>;
  /** `exit` or `return` was reached on this way. */
  ended = false;

  /** What a variable is that the script has not set. */
  readonly #outer: (name: string) => Template | undefined;

  constructor(
    outer: (name: string) => Template | undefined = () => undefined,
    variables: ReadonlyMap<string, Variable> = new Map(),
    functions = new Map<string, CompoundCommand | Redirected | CompoundList>(),
  ) {
    this.#outer = outer;
    this.variables = new Map(variables);
    this.functions = functions;
  }

  fork(): ShellState {
    return new ShellState(this.#outer, this.variables, this.functions);
  }

  /** `"$@"`; `undefined` where nobody knows it. */
  get arguments(): readonly Template[] | undefined {
    const all = this.variables.get('@');
    return all?.kind === 'array' ? all.items : undefined;
  }

  setArguments(values: readonly Template[] | undefined): void {
    for (const name of [...this.variables.keys()]) if (/^(?:\d+|@)$/.test(name)) this.variables.delete(name);
    if (!values) return;
    this.variables.set('@', { kind: 'array', items: values });
    for (const [index, value] of values.entries()) this.variables.set(String(index + 1), { kind: 'string', value });
  }

  /** Becomes what holds after any of the branches; a branch that ended does not come back. */
  join(branches: readonly ShellState[], at: Span): void {
    const open = branches.filter(branch => !branch.ended);
    if (open.length === 0) {
      this.ended = branches.length > 0;
      return;
    }
    const names = new Set(open.flatMap(branch => [...branch.variables.keys()]));
    for (const name of names) {
      const values = open.map(branch => branch.variables.get(name));
      const [first] = values;
      if (first && values.every(value => value === first)) this.variables.set(name, first);
      else this.variables.set(name, merge(values, this.#outer(name) ?? [], at));
    }
  }
}

function merge(values: readonly (Variable | undefined)[], unset: Template, at: Span): Variable {
  const known = values.filter(value => value !== undefined);
  const arrays = known.filter(value => value.kind === 'array');
  if (arrays.length > 0) {
    // The longest form holds every element that may be there.
    const [longest] = [...arrays].sort((a, b) => b.items.length - a.items.length);
    return longest ?? { kind: 'array', items: [] };
  }
  const strings = known.flatMap(value => (value.kind === 'string' ? [value.value] : []));
  if (known.length < values.length) strings.push(unset);
  return { kind: 'string', value: choice(strings, at) };
}
