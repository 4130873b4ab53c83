import type { Span } from '../text/span.ts';
import type { Leg } from './legs.ts';
import type { Scalar } from './scalar.ts';

/** One `key: value` of a mapping whose values are scalars (`env`, `with`, `outputs`). */
export interface Entry {
  readonly key: Scalar;
  readonly value: Scalar;
}

/** A mapping of scalars. `dynamic` is set where the whole mapping is one expression (`env: ${{ fromJSON(…) }}`) and its keys are unknown. */
export interface Entries {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly dynamic: boolean;
  /** The mapping itself, keys and values. */
  readonly span: Span;
  /** Written in braces on one line. */
  readonly flow: boolean;
}

/** One event of `on:`, with what narrows it. */
export interface Trigger {
  readonly event: string;
  readonly span: Span;
  readonly branches: readonly string[];
  readonly tags: readonly string[];
  readonly branchesIgnore: readonly string[];
  readonly tagsIgnore: readonly string[];
  readonly types: readonly string[];
  /** Not every change starts a run: `paths:` or `paths-ignore:`. */
  readonly filtersPaths: boolean;
}

/** A declared input of `workflow_dispatch`, `workflow_call` or a composite action. */
export interface Input {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'number' | 'choice' | 'environment';
  readonly default?: Scalar;
  readonly options: readonly string[];
  readonly span: Span;
}

/** What `permissions:` grants; `all` is `read-all`, `write-all`. */
export interface Permissions {
  readonly all?: 'read' | 'write' | 'none';
  readonly scopes: ReadonlyMap<string, string>;
  readonly span: Span;
}

export interface Concurrency {
  readonly group?: Scalar;
  readonly cancelInProgress?: Scalar;
  readonly span: Span;
}

export interface Step {
  /** Position in its job, from 0. */
  readonly index: number;
  readonly id?: Scalar;
  readonly name?: Scalar;
  readonly if?: Scalar;
  readonly uses?: Scalar;
  readonly run?: Scalar;
  /** Where the `run` key stands: a step's new `env:` goes above it. */
  readonly runKey?: Span;
  readonly shell?: Scalar;
  readonly workingDirectory?: Scalar;
  readonly with?: Entries;
  readonly env?: Entries;
  readonly continueOnError?: Scalar;
  readonly span: Span;
}

export interface Job {
  readonly id: Scalar;
  readonly name?: Scalar;
  readonly if?: Scalar;
  readonly needs: readonly Scalar[];
  readonly env?: Entries;
  readonly environment?: Scalar;
  readonly permissions?: Permissions;
  readonly concurrency?: Concurrency;
  readonly outputs?: Entries;
  readonly runsOn: readonly Scalar[];
  /** The image that its steps run in. */
  readonly container?: Scalar;
  /** Images that run beside it. */
  readonly services: readonly Scalar[];
  readonly shell?: Scalar;
  readonly workingDirectory?: Scalar;
  readonly maxParallel?: Scalar;
  readonly continueOnError?: Scalar;
  /** Matrix axes whose values are known scalars; `undefined` values where an axis is an expression. */
  readonly matrix: ReadonlyMap<string, readonly Scalar[] | undefined>;
  /** The jobs that the matrix makes, each with its values; empty without a matrix, `undefined` where an expression makes some of them. */
  readonly legs: readonly Leg[] | undefined;
  readonly steps: readonly Step[];
  /** A reusable workflow that the job calls, instead of steps. */
  readonly uses?: Scalar;
  readonly with?: Entries;
  /** What a called workflow gets: names and values, or all of the caller's. */
  readonly secrets?: Entries | 'inherit';
  readonly span: Span;
}

/** A mistake in the YAML itself, or one that GitHub's reader rejects. */
export interface SyntaxProblem {
  readonly message: string;
  readonly span: Span;
}

/** A workflow or a composite action (its steps are one job then), free of any judgement. */
export interface Workflow {
  readonly path: string;
  readonly kind: 'workflow' | 'action';
  readonly name?: Scalar;
  readonly triggers: readonly Trigger[];
  readonly inputs: ReadonlyMap<string, Input>;
  /** Which events declare the inputs. */
  readonly inputEvents: ReadonlySet<string>;
  /** What a reusable workflow or composite action gives back, by name. */
  readonly outputs?: Entries;
  readonly env?: Entries;
  readonly permissions?: Permissions;
  readonly concurrency?: Concurrency;
  readonly shell?: Scalar;
  readonly workingDirectory?: Scalar;
  readonly jobs: readonly Job[];
  readonly problems: readonly SyntaxProblem[];
}
