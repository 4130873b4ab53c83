import type { WorkflowUsage } from '../usage/analyze.ts';
import type { Start } from '../usage/starts.ts';
import type { Workflow } from '../workflow/model.ts';

/** An analysis that was made a little at a time, and what it was made from. */
export interface Prepared {
  readonly workflow: Workflow;
  readonly starts: readonly Start[];
  readonly usage: WorkflowUsage;
  readonly read: ReadonlySet<string>;
  readonly changes: number;
}
