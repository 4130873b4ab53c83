import { coerceString, type Value } from '../../expression/value.ts';
import { alternatives, literal, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { type BakeScope, evaluateHcl } from './evaluate.ts';
import type { BakeFile, Block } from './syntax.ts';

/** A target's attributes after inheritance and overrides, evaluated. */
export interface Target {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, Value>;
}

export interface BakeInput {
  readonly files: readonly BakeFile[];
  /** Where the build is asked for. */
  readonly at: Span;
  /** A variable of the environment, which replaces the file's own. */
  environment(name: string): Template | undefined;
  /** Targets and groups that are built; `default` where none is named. */
  readonly targets: readonly string[];
}

/** More targets of one call are not told apart. */
const maxTargets = 100;
/** Turns of all `for` expressions of one call. */
const maxTurns = 2_000;
const maps: ReadonlySet<string> = new Set(['args', 'labels', 'contexts']);

/** The targets that a call builds, in order; later files add to and replace what earlier ones say. */
export function bakeTargets(input: BakeInput): readonly Target[] {
  const all = new Targets(input);
  const wanted = input.targets.length > 0 ? input.targets : ['default'];
  return [...new Set(wanted.flatMap(name => all.named(name, [])))]
    .slice(0, maxTargets)
    .map(name => ({ name, attributes: all.attributes(name, []) }));
}

interface Definition {
  readonly file: BakeFile;
  readonly block: Block;
  /** The values of the matrix that make this target. */
  readonly matrix: ReadonlyMap<string, Value>;
}

class Targets {
  readonly #input: BakeInput;
  readonly #definitions = new Map<string, Definition[]>();
  readonly #groups = new Map<string, readonly string[]>();
  readonly #variables = new Map<string, { readonly file: BakeFile; readonly block: Block }>();
  readonly #functions = new Map<string, { readonly file: BakeFile; readonly block: Block }>();
  readonly #budget = { turns: maxTurns };
  #depth = 0;

  constructor(input: BakeInput) {
    this.#input = input;
    const blocks = input.files.flatMap(file => file.blocks.map(block => ({ file, block })));
    for (const found of blocks) {
      if (found.block.type === 'variable') this.#variables.set(found.block.label, found);
      if (found.block.type === 'function') this.#functions.set(found.block.label, found);
    }
    for (const { file, block } of blocks) {
      if (block.type === 'group') this.#groups.set(block.label, this.#names(block, file, 'targets'));
      if (block.type === 'target') this.#define(file, block);
    }
  }

  /** The targets behind a target's or group's name. */
  named(name: string, above: readonly string[]): readonly string[] {
    const group = this.#groups.get(name);
    if (group && !above.includes(name)) return group.flatMap(inner => this.named(inner, [...above, name]));
    return this.#definitions.has(name) ? [name] : [];
  }

  attributes(name: string, above: readonly string[]): ReadonlyMap<string, Value> {
    const merged = new Map<string, Value>();
    const add = (attribute: string, value: Value) => {
      const before = merged.get(attribute);
      const isMap = maps.has(attribute) && before?.kind === 'object' && value.kind === 'object';
      merged.set(attribute, isMap ? { kind: 'object', entries: new Map([...before.entries, ...value.entries]) } : value);
    };
    for (const { file, block, matrix } of this.#definitions.get(name) ?? []) {
      const scope = this.#scope(file, matrix);
      for (const parent of this.#names(block, file, 'inherits', matrix)) {
        if (above.includes(parent) || above.length > 16) continue;
        for (const [attribute, value] of this.attributes(parent, [...above, name])) add(attribute, value);
      }
      for (const [attribute, expression] of block.attributes) {
        if (attribute !== 'inherits' && attribute !== 'matrix' && attribute !== 'name') add(attribute, evaluateHcl(expression, scope));
      }
    }
    return merged;
  }

  #define(file: BakeFile, block: Block): void {
    const add = (name: string, matrix: Definition['matrix']) => {
      const before = this.#definitions.get(name) ?? [];
      this.#definitions.set(name, [...before, { file, block, matrix }]);
    };
    const axes = block.attributes.get('matrix');
    const value = axes && evaluateHcl(axes, this.#scope(file, new Map()));
    if (value?.kind !== 'object') {
      add(block.label, new Map());
      return;
    }
    const names: string[] = [];
    for (const matrix of combinations(value.entries)) {
      const expression = block.attributes.get('name');
      const name = expression && literal(coerceString(evaluateHcl(expression, this.#scope(file, matrix)), this.#input.at));
      names.push(name ?? `${block.label}-${names.length}`);
      add(names.at(-1) as string, matrix);
    }
    this.#groups.set(block.label, names);
  }

  #names(block: Block, file: BakeFile, attribute: string, matrix: Definition['matrix'] = new Map()): readonly string[] {
    const expression = block.attributes.get(attribute);
    const value = expression && evaluateHcl(expression, this.#scope(file, matrix));
    return value?.kind === 'array' ? value.items.flatMap(item => literal(coerceString(item, this.#input.at)) ?? []) : [];
  }

  #scope(file: BakeFile, values: ReadonlyMap<string, Value>): BakeScope {
    return {
      file,
      at: this.#input.at,
      budget: this.#budget,
      variable: name => values.get(name) ?? this.#variable(name),
      call: (name, args) => this.#call(name, args),
    };
  }

  #variable(name: string): Value | undefined {
    const given = this.#input.environment(name);
    const found = this.#variables.get(name);
    if (given && (found || alternatives(given).length > 0)) return { kind: 'any', template: given };
    if (!found) return undefined;
    const preset = found.block.attributes.get('default');
    if (!preset) return { kind: 'string', template: [] };
    return this.#deeper(() => evaluateHcl(preset, this.#scope(found.file, new Map())));
  }

  #call(name: string, args: readonly Value[]): Value | undefined {
    const found = this.#functions.get(name);
    const result = found?.block.attributes.get('result');
    const params = found?.block.attributes.get('params');
    if (!found || !result || params?.kind !== 'list') return undefined;
    const names = params.items.map(item => (item.kind === 'name' ? item.name : ''));
    const values = new Map(names.map((param, index) => [param, args[index] ?? { kind: 'null' as const }]));
    return this.#deeper(() => evaluateHcl(result, this.#scope(found.file, values)));
  }

  /** Variables and functions may name each other: a circle ends here. */
  #deeper(evaluate: () => Value): Value | undefined {
    if (this.#depth > 12) return undefined;
    this.#depth++;
    try {
      return evaluate();
    } finally {
      this.#depth--;
    }
  }
}

function combinations(axes: ReadonlyMap<string, Value>): readonly ReadonlyMap<string, Value>[] {
  let found: ReadonlyMap<string, Value>[] = [new Map()];
  for (const [name, values] of axes) {
    const items = values.kind === 'array' ? values.items : [];
    if (found.length * items.length > maxTargets) return found;
    found = found.flatMap(one => items.map(item => new Map([...one, [name, item]])));
  }
  return found;
}
