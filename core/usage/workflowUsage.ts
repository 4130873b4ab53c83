import type { Template } from '../image/template.ts';
import type { Job, Workflow } from '../workflow/model.ts';
import type { Call } from './call.ts';
import type { ScriptExpression, StepScript } from './scriptUse.ts';
import type { Usage } from './usage.ts';

/** What one workflow does with images, and where its expressions land in scripts. */
export interface WorkflowUsage {
  readonly workflow: Workflow;
  /** In the order of the file; places are in it. */
  readonly usages: readonly Usage[];
  /** What composite actions, reusable workflows and scripts of the repository do for the steps and jobs that call them; `at` is the call, `within` the place. */
  readonly called: readonly Usage[];
  /** `usages` and `called` together, in the order in which they happen: a job's after those of its needs. */
  readonly sequence: readonly Usage[];
  readonly expressions: readonly ScriptExpression[];
  readonly scripts: readonly StepScript[];
  /** The deployment environments of the jobs that have one. */
  readonly environments: ReadonlyMap<Job, Template>;
  /** How it was called, where this is what it does for a caller of the workspace; absent for a run of its own. */
  readonly call?: Call;
  /** What it calls, each with its `call`; by what is called there, the callees' own files are judged. */
  readonly calls: readonly WorkflowUsage[];
}
