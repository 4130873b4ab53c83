import { named } from '../expression/named.ts';
import type { Scope, ValueType } from '../expression/scope.ts';
import { evaluateText } from '../expression/text.ts';
import type { Fact, Facts } from '../image/facts.ts';
import type { Author } from '../image/shape.ts';
import { choice, derived, hole, passOn, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Entries, Input, Job, Workflow } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import { callerEvent } from './events.ts';
import { eventsOf, refValue, type Start } from './starts.ts';

/** Values that a step reads from those before it. */
export interface Known {
  /** Step id → output name → value. A step that is missing here has outputs nobody knows. */
  readonly outputs: Map<string, ReadonlyMap<string, Template>>;
  /** What earlier steps wrote to `$GITHUB_ENV`. */
  readonly env: Map<string, Template>;
  /** Step id → the starts with which it may run: with others its outputs are empty. */
  readonly starts: Map<string, readonly Start[]>;
  /** What steps and needed jobs that succeeded have checked. */
  readonly facts: Map<string, Fact>;
  /** What the caller gives; absent for a run that nobody in the workspace calls. */
  readonly given?: Given;
}

/** What a reusable workflow or composite action gets from its caller; the values stand where it declares its inputs. */
export interface Given {
  readonly inputs: ReadonlyMap<string, Template>;
  /** By the names that the callee uses; a name that is missing is the caller's secret of that name. */
  readonly secrets: ReadonlyMap<string, Template>;
  /** The environment of the calling step, which a composite action shares. */
  readonly env: ReadonlyMap<string, Template>;
}

/** Nothing is known yet but what the caller gives. */
export function nothingKnown(given?: Given): Known {
  return { outputs: new Map(), env: new Map(given?.env), starts: new Map(), facts: new Map(), ...(given && { given }) };
}

/** More values of one matrix axis are not told apart: GitHub runs at most 256 jobs of a matrix. */
const maxValues = 256;

/** The names that an expression in one step (or job) can use. */
export class StepScope implements Scope {
  readonly #workflow: Workflow;
  readonly #job: Job | undefined;
  readonly #levels: readonly (Entries | undefined)[];
  readonly #known: Known;
  readonly #needs: (job: string, output: string) => Template | undefined;
  readonly #starts: readonly Start[];
  readonly events: readonly string[] | undefined;
  readonly assumed: boolean;
  readonly #assumes: 'nothing' | 'names' | 'all';
  #depth = 0;

  /**
   * `levels` are the `env:` mappings from the innermost out (step, job, workflow); `needs` gives a finished job's output; `starts` are the
   * ways in which the run may have begun; values are as with those alone where they are assumed.
   */
  constructor(
    workflow: Workflow,
    job: Job | undefined,
    levels: readonly (Entries | undefined)[],
    known: Known,
    needs: (job: string, output: string) => Template | undefined,
    starts: readonly Start[] = [],
    assumes: 'nothing' | 'names' | 'all' = 'nothing',
  ) {
    this.#workflow = workflow;
    this.#job = job;
    this.#levels = levels;
    this.#known = known;
    this.#needs = needs;
    this.#starts = starts;
    const events = eventsOf(starts);
    this.events = events.length === 0 || events.includes(callerEvent) ? undefined : events;
    this.#assumes = assumes;
    this.assumed = assumes === 'all';
  }

  get facts(): Facts {
    return this.#known.facts;
  }

  /** This scope in a run that began like this; with `names` only conditions know it, and values keep the names of what makes them. */
  assuming(start: Start, names?: 'names'): StepScope {
    return new StepScope(this.#workflow, this.#job, this.#levels, this.#known, this.#needs, [start], names ?? 'all');
  }

  /** Whether what a context (`github`) holds may differ by how the run began. */
  dependsOnStart(context: string): boolean {
    switch (context) {
      case 'github':
      case 'gitea':
      case 'forgejo':
      case 'inputs':
      case 'env':
        return true;
      case 'steps':
        // Outputs of a step that is skipped with some starts are empty then.
        return [...this.#known.starts.values()].some(starts => starts.length < this.#starts.length);
      default:
        return false;
    }
  }

  lookup(path: readonly string[], at: Span): Template | undefined {
    const [context, name, ...rest] = path;
    if (name === undefined) return undefined;
    switch (context?.toLowerCase()) {
      case 'env':
        return this.#env(name, at);
      case 'inputs':
        return this.#input(name, at);
      case 'github':
      case 'gitea':
      case 'forgejo':
        return this.#github([name, ...rest], at);
      case 'matrix':
        return this.#matrix([name, ...rest].join('.'), at);
      case 'steps':
        return this.#step(name, rest, at);
      case 'needs':
      case 'jobs':
        return rest[0] === 'outputs' && rest[1]
          ? this.#passOn(this.#needs(name, rest[1]), at, `output ${rest[1]} of job ${name}`)
          : this.#result(rest[0], path, at);
      case 'secrets':
      case 'vars':
        return this.#secret(context, name, at) ?? hole(path.join('.'), 'line', at);
      default:
        return undefined;
    }
  }

  /** Inputs have the types they are declared with; what comes from the environment, a step or GitHub's own names is text. */
  type(path: readonly string[]): ValueType | undefined {
    const name = path[1]?.toLowerCase() ?? '';
    const third = path[2]?.toLowerCase();
    switch (path[0]?.toLowerCase()) {
      case 'env':
      case 'secrets':
      case 'vars':
        return 'string';
      case 'steps':
      case 'needs':
      case 'jobs':
        return third === 'outputs' || third === 'outcome' || third === 'conclusion' || third === 'result' ? 'string' : undefined;
      case 'inputs': {
        // A composite action's inputs are text whatever they look like.
        if (this.#workflow.kind === 'action') return 'string';
        const type = withoutCase(this.#workflow.inputs, name)?.type;
        return type === 'choice' || type === 'environment' ? 'string' : type;
      }
      case 'github':
        if (name === 'event') return third === 'inputs' ? 'string' : undefined;
        return /^(?:ref|ref_name|ref_type|head_ref|base_ref|event_name|sha|repository|repository_owner|actor)$/.test(name)
          ? 'string'
          : undefined;
      default:
        return undefined;
    }
  }

  /** `toJSON(inputs)` holds every input that takes free text. */
  object(path: readonly string[], at: Span): Template | undefined {
    const name = path.map(part => part.toLowerCase()).join('.');
    if (name !== 'inputs' && name !== 'github.event.inputs') return undefined;
    const free = [...this.#workflow.inputs.values()].find(({ type }) => type === 'string');
    return free && hole(name, 'anything', at, this.#inputAuthor);
  }

  get #inputAuthor(): Author {
    return this.#workflow.inputEvents.has('workflow_dispatch') ? 'dispatcher' : 'caller';
  }

  #env(name: string, at: Span): Template | undefined {
    if (this.#depth > 8) return undefined;
    this.#depth++;
    try {
      for (const [index, level] of this.#levels.entries()) {
        // What earlier steps wrote hides the job's and the workflow's, not the step's own.
        const written = index === this.#levels.length - 2 ? this.#known.env.get(name) : undefined;
        if (written) return this.#passOn(written, at, `env ${name}`);
        const entry = level?.entries.get(name);
        if (entry) return this.#passOn(evaluateText(entry.value, this.outer()), at, `env ${name}`);
      }
      return undefined;
    } finally {
      this.#depth--;
    }
  }

  /** The scope in which this level's own `env:` is evaluated: the one around it. */
  outer(): StepScope {
    return this.#levels.length === 0
      ? this
      : new StepScope(this.#workflow, this.#job, this.#levels.slice(1), this.#known, this.#needs, this.#starts, this.#assumes);
  }

  #input(name: string, at: Span): Template | undefined {
    const input = withoutCase(this.#workflow.inputs, name);
    if (!input) return undefined;
    const source = `inputs.${name}`;
    if (this.#known.given) return this.#givenInput(input, this.#known.given, at);
    const events = this.#workflow.inputEvents;
    // Other events start a run without inputs: their defaults do not count either.
    if (this.assumed && this.#workflow.kind === 'workflow' && this.events && !this.events.some(event => events.has(event))) return [];
    const carried =
      this.#workflow.kind === 'workflow' && this.#workflow.triggers.some(({ event }) => !events.has(event)) ? events : undefined;
    if (input.type === 'boolean') return hole(source, 'boolean', at, 'trusted', carried);
    if (input.type === 'number') return hole(source, 'integer', at, 'trusted', carried);
    if (input.type === 'environment') return hole(source, 'line', at, 'trusted', carried);
    if (input.type === 'choice')
      return choice(
        input.options.map(option => derived(option, at)),
        at,
      );
    const given = hole(source, 'anything', at, this.#inputAuthor, carried);
    const preset = input.default && this.#passOn(evaluateText(input.default, this), at, `default of input ${name}`);
    return preset && preset.length > 0 ? named(choice([preset, given], at), source) : given;
  }

  /** What the caller gives, else the default; without one GitHub takes a boolean for false and a number for 0. */
  #givenInput({ name, type, default: preset }: Input, { inputs }: Given, at: Span): Template {
    const given = withoutCase(inputs, name);
    if (given) return passOn(given, at, this.#workflow.path, `input ${name}`);
    if (preset) return passOn(evaluateText(preset, this), at, this.#workflow.path, `default of input ${name}`);
    return this.#workflow.kind === 'workflow' ? derived(type === 'boolean' ? 'false' : type === 'number' ? '0' : '', at) : [];
  }

  #secret(context: string, name: string, at: Span): Template | undefined {
    const given = context.toLowerCase() === 'secrets' ? this.#known.given : undefined;
    return given && this.#passOn(withoutCase(given.secrets, name), at, `secret ${name}`);
  }

  #github(path: readonly string[], at: Span): Template | undefined {
    const [first, second] = path.map(part => part.toLowerCase());
    if (first === 'event' && second === 'inputs' && path[2]) return this.#input(path[2], at);
    return this.#assumes === 'all' ? this.condition(['github', ...path], at) : undefined;
  }

  /** What a name that tells runs apart holds in all of this scope's starts: in a condition more of it is known than stands in a tag. */
  condition(path: readonly string[], at: Span): Template | undefined {
    if (this.#starts.length === 0 || !/^(?:github|gitea|forgejo)$/i.test(path[0] ?? '')) return undefined;
    const name = path.slice(1).join('.').toLowerCase();
    const values = this.#starts.map(start => refValue(name, start, at));
    return values.every(value => value !== undefined) ? choice(values, at) : undefined;
  }

  #matrix(name: string, at: Span): Template | undefined {
    const values = this.#job && withoutCase(this.#job.matrix, name);
    if (!values || values.length === 0 || values.length > maxValues) return undefined;
    const options = values.map(value => evaluateText(value, this));
    // A job of the matrix that an entry of `include` does not reach has nothing there.
    if (this.#job?.legs?.some(leg => withoutCase(leg, name) === undefined)) options.push([]);
    return this.#passOn(choice(options, at), at, `matrix ${name}`);
  }

  #step(id: string, rest: readonly string[], at: Span): Template | undefined {
    if (rest[0] !== 'outputs' || !rest[1]) return this.#result(rest[0], ['steps', id, ...rest], at);
    const ran = withoutCase(this.#known.starts, id);
    if (this.assumed && ran && !this.#starts.some(start => ran.includes(start))) return [];
    const outputs = withoutCase(this.#known.outputs, id);
    return this.#passOn(outputs && withoutCase(outputs, rest[1]), at, `output ${rest[1]} of step ${id}`);
  }

  #result(name: string | undefined, path: readonly string[], at: Span): Template | undefined {
    return name === 'result' || name === 'outcome' || name === 'conclusion' ? hole(path.join('.'), 'tagSafe', at) : undefined;
  }

  #passOn(value: Template | undefined, at: Span, what: string): Template | undefined {
    return value && passOn(value, at, this.#workflow.path, what);
  }
}

/** GitHub compares the names of inputs, steps, outputs and matrix axes without case. */
function withoutCase<V>(values: ReadonlyMap<string, V>, name: string): V | undefined {
  const exact = values.get(name);
  if (exact !== undefined) return exact;
  const lower = name.toLowerCase();
  for (const [key, value] of values) if (key.toLowerCase() === lower) return value;
  return undefined;
}

/** A mapping of scalars evaluated in a scope. */
export function evaluateEntries(entries: Entries | undefined, scope: Scope): ReadonlyMap<string, Template> {
  return new Map(
    [...(entries?.entries ?? [])].map(([name, { value }]: readonly [string, { value: Scalar }]) => [name, evaluateText(value, scope)]),
  );
}
