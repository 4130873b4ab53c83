import { alternatives, type HolePart, holes, literal, type Template } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { callerEvent } from '../../usage/events.ts';
import type { Build } from '../../usage/usage.ts';
import type { Job } from '../../workflow/model.ts';
import type { RuleContext } from '../rule.ts';
import { inputsIn } from './concurrencyGroup.ts';
import { stageOf } from './stages.ts';

/** The deployment environments for which a job runs. */
export interface Environments {
  /** Those that are known. */
  readonly names: readonly string[];
  /** Where the names are not known, what chooses among them: an input, a matrix. */
  readonly chosen: readonly HolePart[];
  /** Runs of one commit are for production and for others; `perhaps` where only unseen callers could tell. */
  readonly several: boolean | 'perhaps';
}

/** The environments of a job, over all the ways in which its file is called; `undefined` for a job without one. */
export function environmentsOf(
  job: Job,
  { workspace, path, usage }: Pick<RuleContext, 'workspace' | 'path' | 'usage'>,
): Environments | undefined {
  const written = job.environment?.value;
  if (written === undefined) return undefined;
  const files = usage.call ? workspace.usages(path) : [usage];
  const forms = files.flatMap(file => alternatives(file.environments.get(job) ?? []));
  const names = [...new Set(forms.flatMap(form => literal(form) ?? []).filter(name => name !== ''))];
  const chosen = forms.flatMap(form => (literal(form) === undefined ? holes(form) : []));
  return { names, chosen, several: !byBranch(written, files) && several(names, chosen, usage) };
}

function several(names: readonly string[], chosen: readonly HolePart[], { call, workflow }: WorkflowUsage): Environments['several'] {
  if (names.length > 1) {
    const stages = names.map(stageOf);
    if (stages.includes('production') && stages.some(stage => stage !== 'production')) return true;
  }
  if (chosen.some(({ source }) => /^matrix\./.test(source))) return true;
  if (!chosen.some(({ source }) => /^(?:github\.event\.)?inputs\./.test(source))) return false;
  return !call && workflow.triggers.every(({ event }) => event === callerEvent) ? 'perhaps' : true;
}

/** Whether the branch decides: then the environments get different commits. */
function byBranch(written: string, files: readonly WorkflowUsage[]): boolean {
  const given = files.flatMap(({ call }) => inputsIn(written).map(name => call?.step.with?.entries.get(name)?.value.value ?? ''));
  return [written, ...given].some(text => /\bgithub\.(?:ref|ref_name|head_ref|base_ref)\b/.test(text));
}

/** Whether what is built depends on the environment: a folder, Dockerfile or stage of its own. */
export function isOfEnvironment({ context, dockerfile, target }: Build, { names, chosen }: Environments): boolean {
  return [context, dockerfile, target].some(item => item && speaksOf(item.template, names, chosen));
}

function speaksOf(template: Template, names: readonly string[], chosen: readonly HolePart[]): boolean {
  return alternatives(template).some(form =>
    form.some(part =>
      part.kind === 'text'
        ? names.some(name => part.text.includes(name))
        : part.kind === 'hole' && chosen.some(({ source }) => source === part.source),
    ),
  );
}
