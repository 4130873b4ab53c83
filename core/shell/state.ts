import type { Function as FunctionNode } from 'unbash';
import { commonFact, type Fact, type Facts, withFacts } from '../image/facts.ts';
import { choice, hole, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ShellOptions } from './options.ts';

/** A shell variable: one string, an array's elements, or an associative array's by key. */
export type Variable =
  | {
      readonly kind: 'string';
      readonly value: Template;
      /** What it is on other ways: this is what a test told of it. */
      readonly narrows?: Variable | undefined;
      /** The environment's, of which a test told something. */
      readonly outer?: true;
    }
  | List;

interface ArrayOf {
  readonly kind: 'array';
  readonly items: readonly Template[];
  /** Where fewer than all: so many items are surely there, in their places; others are perhaps. */
  readonly sure?: number;
}

interface MapOf {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Template>;
}

/** `open`: there may be other elements. */
export type List = (ArrayOf | MapOf) & { readonly open?: true; readonly narrows?: undefined };

/** `$GITHUB_OUTPUT` and `$GITHUB_ENV`: what is appended is read back line by line when the step ends. */
export type Sink = 'output' | 'env' | 'summary';

/** Longer values than people build: what a loop of doublings makes is not followed. */
const maxParts = 256;
const maxVariables = 1000;

/** The name under which a state keeps what a `$(…)` has printed so far: branches join it as they join any variable. */
const printedName = '>';

/** A variable's value, or nobody-knows where it has grown out of bounds. */
export function bounded(variable: Variable, name: string, at: Span): Variable {
  const size = variable.kind === 'array' ? variable.items.length : variable.kind === 'map' ? variable.entries.size : variable.value.length;
  return size > maxParts ? { kind: 'string', value: hole(`$${name}`, 'unknown', at) } : variable;
}

/** What all states of one script share. Where a function is defined matters less than that it is. */
interface Shared {
  readonly functions: Map<string, FunctionNode['body']>;
  /** What a variable is that the script has not set. */
  readonly outer: (name: string) => Template | undefined;
  assigned: number;
  /** Whether anything was learnt. */
  knows: boolean;
}

/** What a shell knows at one point of the script; a branch is a layer above the state that it left. */
export class ShellState {
  errexit: boolean | undefined;
  pipefail: boolean | undefined;
  readonly posix: boolean;
  /** `exit`, `return`, `break` or `continue` was reached on this way. */
  ended = false;
  /** The script may have ended well before this point, or the running function or loop was left. */
  mayHaveEnded = false;
  mayHaveLeft = false;
  readonly #shared: Shared;
  readonly #below: ShellState | undefined;
  /** An unset variable is there, with no value. */
  readonly #own = new Map<string, Variable | undefined>();
  /** What checks told of the values of expressions. */
  readonly #facts = new Map<string, Fact | undefined>();

  private constructor(shared: Shared, options: ShellOptions, below?: ShellState) {
    this.#shared = shared;
    this.#below = below;
    this.errexit = options.errexit;
    this.pipefail = options.pipefail;
    this.posix = options.posix;
    this.mayHaveEnded = below?.mayHaveEnded ?? false;
    this.mayHaveLeft = below?.mayHaveLeft ?? false;
  }

  static start(options: ShellOptions, outer: (name: string) => Template | undefined = () => undefined): ShellState {
    return new ShellState({ functions: new Map(), outer, assigned: 0, knows: false }, options);
  }

  get functions(): Map<string, FunctionNode['body']> {
    return this.#shared.functions;
  }

  fork(): ShellState {
    return new ShellState(this.#shared, this, this);
  }

  get(name: string): Variable | undefined {
    for (let state: ShellState | undefined = this; state; state = state.#below) {
      const found = state.#own.get(name);
      if (found || state.#own.has(name)) return found;
    }
    return undefined;
  }

  /** More variables than people use are not kept. */
  set(name: string, variable: Variable): void {
    if (!this.#own.has(name) && ++this.#shared.assigned > maxVariables && this.get(name) === undefined) return;
    this.#own.set(name, variable);
  }

  unset(name: string): void {
    this.#own.set(name, undefined);
  }

  /** From here on this is known. */
  learn(facts: Facts): void {
    for (const [source, fact] of facts) this.#facts.set(source, fact);
    this.#shared.knows ||= facts.size > 0;
  }

  #fact(source: string): Fact | undefined {
    for (let state: ShellState | undefined = this; state; state = state.#below) {
      const found = state.#facts.get(source);
      if (found || state.#facts.has(source)) return found;
    }
    return undefined;
  }

  /** All that checks have told on the way here. */
  facts(): Facts {
    const all = new Map<string, Fact>(this.#below?.facts());
    for (const [source, fact] of this.#facts) {
      if (fact) all.set(source, fact);
      else all.delete(source);
    }
    return all;
  }

  /** A value as it is known here. */
  known(value: Template): Template {
    return this.#shared.knows ? withFacts(value, this.facts()) : value;
  }

  /** What a `$(…)` or a pipe's part has printed so far. */
  get printed(): Template {
    const found = this.get(printedName);
    return found?.kind === 'string' ? found.value : [];
  }

  clearPrinted(): void {
    this.#own.set(printedName, { kind: 'string', value: [] });
  }

  appendPrinted(text: Template, at: Span): void {
    this.#own.set(printedName, bounded({ kind: 'string', value: [...this.printed, ...text] }, '(…)', at));
  }

  /** Takes over what a subshell has printed. */
  print(inner: ShellState): void {
    const printed = inner.#own.get(printedName);
    if (printed) this.#own.set(printedName, printed);
  }

  /** Every variable that is set. */
  variables(): ReadonlyMap<string, Variable> {
    const all = this.#below ? new Map(this.#below.variables()) : new Map<string, Variable>();
    for (const [name, variable] of this.#own) {
      if (variable) all.set(name, variable);
      else all.delete(name);
    }
    return all;
  }

  /** `"$@"`; `undefined` where nobody knows it. */
  get arguments(): readonly Template[] | undefined {
    const all = this.get('@');
    return all?.kind === 'array' ? all.items : undefined;
  }

  setArguments(values: readonly Template[] | undefined): void {
    for (let index = (this.arguments ?? []).length; index > 0; index--) this.unset(String(index));
    this.unset('@');
    if (!values) return;
    this.set('@', { kind: 'array', items: values });
    for (const [index, value] of values.entries()) this.set(String(index + 1), { kind: 'string', value });
  }

  /** What a called function leaves behind, but for its arguments and `local` names. */
  adopt(inner: ShellState, locals: ReadonlySet<string>): void {
    for (const [name, variable] of inner.#own) {
      if (/^[\d@]/.test(name) || locals.has(name)) continue;
      if (variable) this.set(name, variable);
      else this.unset(name);
    }
    for (const [source, fact] of inner.#facts) this.#facts.set(source, fact);
    this.errexit = inner.errexit;
    this.pipefail = inner.pipefail;
    this.mayHaveEnded ||= inner.mayHaveEnded;
  }

  /** This state as a layer right above `base`, which it grew from, so that what happens in between later does not change it. */
  since(base: ShellState): ShellState {
    const layers: ShellState[] = [];
    for (let state: ShellState | undefined = this; state && state !== base; state = state.#below) layers.push(state);
    const copy = new ShellState(this.#shared, this, base);
    copy.mayHaveEnded = this.mayHaveEnded;
    copy.mayHaveLeft = this.mayHaveLeft;
    copy.ended = this.ended;
    for (const layer of layers.reverse()) {
      for (const [name, variable] of layer.#own) copy.#own.set(name, variable);
      for (const [source, fact] of layer.#facts) copy.#facts.set(source, fact);
    }
    return copy;
  }

  /** Becomes what holds after any of the branches, which grew from it; a branch that ended does not come back. */
  join(branches: readonly ShellState[], at: Span): void {
    const open = branches.filter(branch => !branch.ended);
    this.mayHaveEnded ||= branches.some(branch => branch.mayHaveEnded);
    this.mayHaveLeft ||= branches.some(branch => branch.mayHaveLeft);
    const [only] = open;
    if (!only) {
      this.ended = branches.length > 0;
      return;
    }
    this.errexit = open.every(({ errexit }) => errexit === only.errexit) ? only.errexit : undefined;
    this.pipefail = open.every(({ pipefail }) => pipefail === only.pipefail) ? only.pipefail : undefined;
    if (this.#shared.knows)
      for (const source of new Set(open.flatMap(branch => [...branch.#facts.keys()])))
        this.#facts.set(source, commonFact(open.map(branch => branch.#fact(source))));
    const names = new Set(open.flatMap(branch => [...branch.#own.keys()]));
    for (const name of names) {
      const values = open.map(branch => branch.get(name));
      // What a test told holds on its own way alone, unless that is the only one left.
      const wide = open.length === 1 ? values : values.map(value => value?.narrows ?? value);
      const [first] = wide;
      if (wide.every(value => value === first)) {
        if (first) this.#own.set(name, first);
        else this.unset(name);
      } else this.set(name, merge(wide, this.#shared.outer(name) ?? [], at));
    }
  }
}

function merge(values: readonly (Variable | undefined)[], unset: Template, at: Span): Variable {
  const known = values.filter(value => value !== undefined);
  const [list] = known
    .filter(value => value.kind !== 'string')
    .sort((a, b) => (b.kind === 'array' ? b.items.length : b.entries.size) - (a.kind === 'array' ? a.items.length : a.entries.size));
  if (list?.kind === 'array' && known.every(value => value.kind === 'array'))
    return mergeArrays(
      list,
      values.map(value => (value?.kind === 'array' ? value.items : [])),
    );
  // The longest form holds every element that may be there.
  if (list) return { ...list, open: true };
  const strings = known.flatMap(value => (value.kind === 'string' ? [value.value] : []));
  if (known.length < values.length) strings.push(unset);
  return { kind: 'string', value: choice(strings, at) };
}

/** The longest form; what it does not have in common with all others from its beginning on is there perhaps. */
function mergeArrays({ items }: ArrayOf, forms: readonly (readonly Template[])[]): Variable {
  const isSame = (a: Template, b: Template | undefined) =>
    a === b || (literal(a) !== undefined && b !== undefined && literal(a) === literal(b));
  const apart = items.findIndex((item, index) => !forms.every(form => isSame(item, form[index])));
  const sure = apart < 0 ? items.length : apart;
  const perhaps = (item: Template) => item.map(part => ({ ...part, given: { ...part.given, perhaps: true } }));
  return { kind: 'array', items: items.map((item, index) => (index < sure ? item : perhaps(item))), sure, open: true };
}
