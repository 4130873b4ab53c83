import { evaluateText } from '../expression/text.ts';
import { alternatives, display } from '../image/template.ts';
import type { Job, Step, Workflow } from '../workflow/model.ts';
import type { StepScope } from './scope.ts';

/** `bash`, `sh -e {0}`, `/bin/bash {0}`, `nix develop -c bash {0}`, `alpine.sh {0}`. */
const posix = /(?:^|[\s/.])(?:ba|da|z|k)?sh(?:\s|$)/;

/** `posix` where a shell reads the script that is understood here, `either` where some of the runners have PowerShell. */
export function shellOf(workflow: Workflow, job: Job, step: Step, scope: StepScope): 'posix' | 'either' | 'other' {
  const named = shellNamed(workflow, job, step);
  if (named !== undefined) return posix.test(named) ? 'posix' : 'other';
  const runners = job.runsOn.flatMap(label => alternatives(evaluateText(label, scope)).map(option => display(option)));
  if (!runners.some(label => /windows/i.test(label))) return 'posix';
  return job.runsOn.some(({ value }) => /windows/i.test(value)) ? 'other' : 'either';
}

/** The `shell:` that holds for a step. */
export function shellNamed(workflow: Workflow, job: Job, step: Step): string | undefined {
  return step.shell?.value ?? job.shell?.value ?? workflow.shell?.value;
}
