import type { Scope } from '../expression/evaluate.ts';
import { evaluateText } from '../expression/text.ts';
import type { Author } from '../image/shape.ts';
import { choice, derived, hole, passOn, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Entries, Job, Workflow } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';

/** Values that a step reads from those before it. */
export interface Known {
  /** Step id → output name → value. A step that is missing here has outputs nobody knows. */
  readonly outputs: Map<string, ReadonlyMap<string, Template>>;
  /** What earlier steps wrote to `$GITHUB_ENV`. */
  readonly env: Map<string, Template>;
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
  readonly event?: string;
  #depth = 0;

  /** `levels` are the `env:` mappings from the innermost out (step, job, workflow); `needs` gives a finished job's output. */
  constructor(
    workflow: Workflow,
    job: Job | undefined,
    levels: readonly (Entries | undefined)[],
    known: Known,
    needs: (job: string, output: string) => Template | undefined,
    event?: string,
  ) {
    this.#workflow = workflow;
    this.#job = job;
    this.#levels = levels;
    this.#known = known;
    this.#needs = needs;
    if (event !== undefined) this.event = event;
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
        return rest[0] === 'outputs' && rest[1]
          ? this.#passOn(this.#needs(name, rest[1]), at, `output ${rest[1]} of job ${name}`)
          : this.#result(rest[0], path, at);
      case 'secrets':
      case 'vars':
        return hole(path.join('.'), 'line', at);
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
      : new StepScope(this.#workflow, this.#job, this.#levels.slice(1), this.#known, this.#needs, this.event);
  }

  /** The same names in a run that `event` started; `undefined` for the caller's, which may be any. */
  assuming(event: string | undefined): StepScope {
    return new StepScope(this.#workflow, this.#job, this.#levels, this.#known, this.#needs, event);
  }

  #input(name: string, at: Span): Template | undefined {
    const input = withoutCase(this.#workflow.inputs, name);
    if (!input) return undefined;
    const source = `inputs.${name}`;
    if (input.type === 'boolean') return hole(source, 'boolean', at);
    if (input.type === 'number') return hole(source, 'integer', at);
    if (input.type === 'environment') return hole(source, 'line', at);
    if (input.type === 'choice')
      return choice(
        input.options.map(option => derived(option, at)),
        at,
      );
    const given = hole(source, 'anything', at, this.#inputAuthor);
    const preset = input.default && this.#passOn(evaluateText(input.default, this), at, `default of input ${name}`);
    return preset && preset.length > 0 ? choice([preset, given], at) : given;
  }

  #github(path: readonly string[], at: Span): Template | undefined {
    const [first, second] = path.map(part => part.toLowerCase());
    if (first === 'event' && second === 'inputs' && path[2]) return this.#input(path[2], at);
    if (path.length === 1 && this.#standsOnMerge()) {
      const number = hole('github.event.number', 'integer', at);
      if (first === 'ref') return [...derived('refs/pull/', at), ...number, ...derived('/merge', at)];
      if (first === 'ref_name') return [...number, ...derived('/merge', at)];
    }
    return undefined;
  }

  /** A pull request's run stands on the merge of both sides, but after it was merged on the base branch. */
  #standsOnMerge(): boolean {
    const { event } = this;
    if (event === undefined || !/^pull_request(?:_review(?:_comment)?)?$/.test(event)) return false;
    return !this.#workflow.triggers.some(trigger => trigger.event === event && trigger.types.includes('closed'));
  }

  #matrix(name: string, at: Span): Template | undefined {
    const values = this.#job && withoutCase(this.#job.matrix, name);
    if (!values || values.length === 0 || values.length > maxValues) return undefined;
    const options = values.map(value => evaluateText(value, this));
    return this.#passOn(choice(options, at), at, `matrix ${name}`);
  }

  #step(id: string, rest: readonly string[], at: Span): Template | undefined {
    if (rest[0] !== 'outputs' || !rest[1]) return this.#result(rest[0], ['steps', id, ...rest], at);
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
