import { evaluateText } from '../expression/text.ts';
import type { Template } from '../image/template.ts';
import type { Job, Step, Workflow } from '../workflow/model.ts';
import type { Known, StepScope } from './scope.ts';

/** Variables by name. */
export interface Environment {
  get(name: string): Template | undefined;
  keys(): Iterable<string>;
}

export const nothingSet: Environment = new Map<string, Template>();

/**
 * What a step finds in its environment: its own level, what earlier steps wrote, the job's, the workflow's. Of a long `env:` a script reads
 * a few, so each is evaluated when it is asked for; what is written later must not be asked for.
 */
export class StepEnvironment implements Environment {
  readonly #workflow: Workflow;
  readonly #job: Job;
  readonly #step: Step;
  readonly #known: Known;
  /** That in which the step's own `env:` is evaluated. */
  readonly #outer: StepScope;
  readonly #values = new Map<string, Template | undefined>();

  constructor(workflow: Workflow, job: Job, step: Step, known: Known, scope: StepScope) {
    this.#workflow = workflow;
    this.#job = job;
    this.#step = step;
    this.#known = known;
    this.#outer = scope.outer();
  }

  get(name: string): Template | undefined {
    const before = this.#values.get(name);
    if (before || this.#values.has(name)) return before;
    const value = this.#evaluate(name);
    this.#values.set(name, value);
    return value;
  }

  /** The names of the farthest level first. */
  keys(): Iterable<string> {
    const levels = [this.#workflow.env?.entries, this.#job.env?.entries, this.#known.env, this.#step.env?.entries];
    return new Set(levels.flatMap(level => [...(level?.keys() ?? [])]));
  }

  /** All of them at once, for a call that hands them on. */
  all(): ReadonlyMap<string, Template> {
    return new Map([...this.keys()].map(name => [name, this.get(name) ?? []]));
  }

  #evaluate(name: string): Template | undefined {
    const own = this.#step.env?.entries.get(name);
    if (own) return evaluateText(own.value, this.#outer);
    const written = this.#known.env.get(name);
    if (written) return written;
    const entry = this.#job.env?.entries.get(name) ?? this.#workflow.env?.entries.get(name);
    return entry && evaluateText(entry.value, this.#outer.outer());
  }
}
