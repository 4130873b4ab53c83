import type { Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Job, Step } from '../workflow/model.ts';

/** One item of a value with its place in the file: a tag, a cache entry, an argument. */
export interface Item {
  readonly template: Template;
  readonly span: Span;
}

/** One `key=value` of a Docker option; the key as written, leading space included. */
export interface Attribute {
  readonly key: string;
  readonly value: Template;
  /** The whole `key=value`. */
  readonly template: Template;
}

interface UsageBase {
  readonly job: Job;
  readonly step: Step;
  /** The narrowest place that expresses it. */
  readonly at: Span;
  /** It stands in a branch or loop of a script, so it may not happen though its step runs. */
  readonly conditional: boolean;
  /** Events with which its step may run, after `if:`; `workflow_call` stands for whatever started the caller. */
  readonly events: readonly string[];
}

export interface Build extends UsageBase {
  readonly kind: 'build';
  readonly tags: readonly Item[];
  /** Unknown where an expression decides. */
  readonly pushes: boolean | undefined;
  /** The expression for the digest it pushed, `steps.build.outputs.digest`. */
  readonly digest?: string;
}

export interface Push extends UsageBase {
  readonly kind: 'push';
  readonly reference: Item;
}

export interface Pull extends UsageBase {
  readonly kind: 'pull';
  readonly reference: Item;
}

/** Gives an existing image another name. */
export interface Retag extends UsageBase {
  readonly kind: 'retag';
  readonly from: Item;
  readonly to: Item;
}

export interface CacheExport extends UsageBase {
  readonly kind: 'cacheExport';
  /** `registry`, `gha`, …; a bare reference is `registry`. */
  readonly type: string;
  /** Written without `key=value`. */
  readonly bare: boolean;
  readonly entry: Item;
  readonly attributes: readonly Attribute[];
}

export interface CacheImport extends UsageBase {
  readonly kind: 'cacheImport';
  readonly type: string;
  readonly entry: Item;
  readonly attributes: readonly Attribute[];
}

/** Makes something run an image. */
export interface Deploy extends UsageBase {
  readonly kind: 'deploy';
  readonly reference: Item;
  /** What it deploys to, as far as it is named: `deployment/web`, a context, a namespace. */
  readonly target: string;
}

export interface Login extends UsageBase {
  readonly kind: 'login';
  /** Empty for Docker Hub. */
  readonly registry: Template;
  readonly ecr: boolean;
}

export interface Checkout extends UsageBase {
  readonly kind: 'checkout';
  readonly ref?: Item;
}

/** A container builder is set up. */
export interface Builder extends UsageBase {
  readonly kind: 'builder';
  /** BuildKit's version where its image is pinned, `[0, 20]`. */
  readonly buildkit?: readonly [major: number, minor: number];
}

/** One thing that a workflow does with images; all places are in the file of its workflow. */
export type Usage = Build | Push | Pull | Retag | CacheExport | CacheImport | Deploy | Login | Checkout | Builder;

/** What an adapter says; the walk adds where and when. */
export type Fact = Usage extends infer U ? (U extends Usage ? Omit<U, 'job' | 'step' | 'conditional' | 'events'> : never) : never;

/** An expression that lands in a script as text, before any shell reads it. */
export interface ScriptExpression {
  readonly job: Job;
  readonly step: Step;
  readonly events: readonly string[];
  /** The `${{ … }}` in the file. */
  readonly span: Span;
  /** The inside, trimmed. */
  readonly source: string;
  readonly value: Template;
  /** How the script's language reads the place; `other` where it is no shell that is understood. */
  readonly quoting: 'plain' | 'double' | 'single' | 'heredoc' | 'quotedHeredoc' | 'arithmetic' | 'comment' | 'other';
  readonly standalone: boolean;
  /** What the shell makes of the place is code again for another program. */
  readonly interpreted: boolean;
  readonly language: 'shell' | 'javascript' | 'other';
}
