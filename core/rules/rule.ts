import type { Waypoint } from '../image/template.ts';
import type { Edit, Place, Span } from '../text/span.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import type { ScriptExpression, StepScript } from '../usage/scriptUse.ts';
import type { Usage } from '../usage/usage.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Most to least severe; `severityRank` orders them. */
export const severities = ['error', 'warning', 'info', 'hint'] as const;
export type Severity = (typeof severities)[number];

export interface Related extends Place {
  readonly message: string;
  /** The value comes by here on its way to the finding; such places stand first, in the order of the way. */
  readonly station?: true;
}

export interface FileEdit extends Place {
  readonly text: string;
}

/** `safe`: right as it is and may be applied unseen; otherwise a suggestion that the user must look at. */
export interface Fix {
  readonly title: string;
  readonly safe: boolean;
  readonly edits: readonly FileEdit[];
}

/** What a rule says about one place. "Finding" in core, "diagnostic" only in the server. */
export interface Finding extends Place {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly related: readonly Related[];
  readonly fix?: Fix;
}

/** 0 is the most severe. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** What a rule says: where, what happens, how it came, what to do. Places are in the file that is checked, but for `via`. */
export interface Problem {
  readonly at: Span;
  readonly message: string;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
  /** Stations of the value, the origin first; they become related information. */
  readonly via?: readonly Waypoint[];
  /** Other places that explain it; in the checked file where `path` is absent. */
  readonly related?: readonly { readonly path?: string; readonly span: Span; readonly message: string }[];
  readonly fix?: { readonly title: string; readonly safe: boolean; readonly edits: readonly Edit[] };
}

export interface RuleContext {
  readonly path: string;
  readonly text: string;
  readonly usage: WorkflowUsage;
  readonly workspace: Workspace;
  report(problem: Problem): void;
}

type UsageHooks = { readonly [K in Usage['kind']]?: (usage: Extract<Usage, { kind: K }>, context: RuleContext) => void };

/** Ask for the narrowest thing that serves. */
export interface Visitor extends UsageHooks {
  readonly file?: (context: RuleContext) => void;
  readonly expression?: (expression: ScriptExpression, context: RuleContext) => void;
  readonly script?: (script: StepScript, context: RuleContext) => void;
}

/** A check. Its docs page, its key in the policy and its diagnostic code are its id. */
export interface Rule {
  readonly id: string;
  /** One sentence without a full stop: what is wrong. */
  readonly title: string;
  readonly severity: Severity;
  /** Some of its findings come with a fix. */
  readonly fixable: boolean;
  readonly visit: Visitor;
}

const said = new WeakMap<RuleContext, Set<string>>();

/** Whether the rule has spoken of this place before: a function's line is one place, whatever the calls and their values. */
export function isSaidAlready(context: RuleContext, { start, end }: Span): boolean {
  const places = said.get(context) ?? new Set<string>();
  said.set(context, places);
  const place = `${start}:${end}`;
  return places.size === places.add(place).size;
}
