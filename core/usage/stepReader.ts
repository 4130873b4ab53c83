import { holds } from '../expression/evaluate.ts';
import { evaluateText } from '../expression/text.ts';
import type { Facts } from '../image/facts.ts';
import { split, splitOnce, trim } from '../image/split.ts';
import { alternatives, extent, hole, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Job, Step } from '../workflow/model.ts';
import { startsThatPass } from './events.ts';
import { byStart, give } from './given.ts';
import type { InputScript } from './inputScript.ts';
import type { Known, StepScope } from './scope.ts';
import type { Start } from './starts.ts';
import { mayBeWritten } from './touched.ts';
import type { Fact, Item } from './usage.ts';

/** What an action's adapter finds in a step: usages, and outputs as far as they are known. */
export interface ActionFacts {
  readonly facts: readonly Fact[];
  readonly outputs?: ReadonlyMap<string, Template>;
  /** Variables that later steps find in their environment. */
  readonly env?: ReadonlyMap<string, Template>;
  /** What it checks of the values of expressions. */
  readonly checked?: Facts;
  /** An input that a shell reads as a script. */
  readonly script?: InputScript;
}

/** Knows one action (and its drop-ins): adding an action is one file that exports one of these. */
export interface ActionAdapter {
  /** `owner/name` without a version, lower case. */
  readonly names: readonly string[];
  read(step: StepReader): ActionFacts;
}

/** A `uses:` step's inputs, evaluated when asked for. */
export class StepReader {
  readonly step: Step;
  readonly scope: StepScope;
  readonly known: Known;
  /** The ways in which the runs that reach the step may have begun. */
  readonly starts: readonly Start[];

  /** The text of a file, by its path from the repository's folder; `undefined` where there is none or nobody knows. */
  readonly file: (path: string) => string | undefined;

  readonly #job: Job;

  constructor(job: Job, step: Step, scope: StepScope, known: Known, starts: readonly Start[], file: StepReader['file']) {
    this.file = file;
    this.#job = job;
    this.step = step;
    this.scope = scope;
    this.known = known;
    this.starts = starts;
  }

  /** Whether another step of the job may write a file before this one uses it. */
  mayBeWritten(path: string): boolean {
    return mayBeWritten(path, this.#job, this.step);
  }

  /** The action's name without its version. */
  get name(): string {
    const uses = this.step.uses?.value ?? '';
    const at = uses.indexOf('@');
    return (at < 0 ? uses : uses.slice(0, at)).trim();
  }

  /** The whole step's `uses`, or the step. */
  get at(): Span {
    return this.step.uses?.span ?? this.step.span;
  }

  /** What follows `docker://` in `uses`. */
  usesText(): Item | undefined {
    const uses = this.step.uses;
    const template = uses && splitOnce(evaluateText(uses, this.scope), '//')?.[1];
    return template && { template, span: extent(template) ?? this.at };
  }

  /** An input's value; also as it is in a scope that assumes a start. */
  input(name: string, scope: StepScope = this.scope): Template | undefined {
    const entry = this.step.with?.entries.get(name);
    return entry && evaluateText(entry.value, scope);
  }

  /** A variable as the step's action finds it; `undefined` where nothing sets it. */
  variable(name: string): Template | undefined {
    return this.scope.lookup(['env', name], this.at);
  }

  /** A variable that the step's action finds in its environment, where it is known. */
  environment(name: string): string | undefined {
    return literal(this.scope.lookup(['env', name], this.at) ?? hole(name, 'unknown', this.at));
  }

  /** An input's value with its place. */
  item(name: string): Item | undefined {
    const template = this.input(name);
    const span = this.inputSpan(name);
    return template && span && { template, span };
  }

  inputSpan(name: string): Span | undefined {
    return this.step.with?.entries.get(name)?.value.span;
  }

  text(name: string): string | undefined {
    const value = this.input(name);
    return value && literal(value)?.trim();
  }

  /** Whether a boolean input is set; `fallback` where it is absent, `undefined` where an expression decides. */
  flag(name: string, fallback: boolean): boolean | undefined {
    const entry = this.step.with?.entries.get(name);
    if (!entry) return fallback;
    const known = literal(evaluateText(entry.value, this.scope))?.trim().toLowerCase();
    if (known === 'true') return true;
    if (known === 'false' || known === '') return false;
    return /^\s*\$\{\{[\s\S]*\}\}\s*$/.test(entry.value.value) ? holds(entry.value.value, this.scope, entry.value.span) : undefined;
  }

  /** The starts with which a boolean input that is one expression may be set; all of them where it is written out or cannot be told. */
  startsWith(name: string): readonly Start[] {
    const value = this.step.with?.entries.get(name)?.value;
    if (!value || !/^\s*\$\{\{[\s\S]*\}\}\s*$/.test(value.value)) return this.starts;
    return startsThatPass(value, this.starts, this.scope);
  }

  /** A list input's items: one a line, or also at each comma. Empty lines are left out. */
  list(name: string, separators: RegExp = /\n/): readonly Item[] {
    const entry = this.step.with?.entries.get(name);
    if (!entry) return [];
    const general = items(evaluateText(entry.value, this.scope), separators);
    // What was told apart before, in an output, needs no second look.
    const source = entry.value.value;
    if (this.starts.length < 2 || !/&&|\|\||\bcase\s*\(|\benv\b/.test(source)) return general;
    if (!general.some(({ template }) => template.some(part => part.kind === 'choice' || part.given?.perhaps))) return general;
    return byStart(general, this.starts, start => items(this.input(name, this.scope.assuming(start, 'names')) ?? [], separators));
  }

  /** An output of this step that is a hole of a known shape. */
  output(name: string, shape: Parameters<typeof hole>[1]): readonly [string, Template] {
    return [name, hole(`steps.${this.step.id?.value ?? '?'}.outputs.${name}`, shape, this.at)];
  }
}

/** Splits a list value into its items, each with its own place. What an expression gives as several lines is several items, perhaps. */
export function items(value: Template, separators: RegExp): readonly Item[] {
  return split(value, separators).flatMap(piece => {
    const template = trim(piece);
    const span = extent(template);
    if (!span) return [];
    if (!template.some(part => part.kind === 'choice' && part.options.some(option => hasText(option, separators))))
      return [{ template, span }];
    const forms = alternatives(template).flatMap(form => split(form, separators).map(trim));
    return forms.filter(form => form.length > 0).map(form => ({ template: give(form, undefined, true), span }));
  });
}

function hasText(template: Template, pattern: RegExp): boolean {
  return template.some(part => part.kind === 'text' && pattern.test(part.text));
}
