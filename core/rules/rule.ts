import type { Waypoint } from '../image/template.ts';
import type { Edit, Span } from '../text/span.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import type { ScriptExpression, Usage } from '../usage/usage.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Severity } from './finding.ts';

/** What a rule says: where, what happens, how it came, what to do. Places are in the file that is checked, but for `via`. */
export interface Problem {
  readonly at: Span;
  readonly message: string;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
  /** Stations of the value, the origin first; they become related information. */
  readonly via?: readonly Waypoint[];
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
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
