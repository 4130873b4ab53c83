import { evaluateText } from '../expression/text.ts';
import { alternatives, display } from '../image/template.ts';
import type { Job, Step, Workflow } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import type { StepScope } from './scope.ts';

/** `bash`, `sh -e {0}`, `/bin/bash {0}`, `nix develop -c bash {0}`, `alpine.sh {0}`. */
const posix = /(?:^|[\s/.])(?:ba|da|z|k)?sh(?:\s|$)/;

/** `posix` where a shell reads the script that is understood here, `either` where some of the runners have PowerShell. */
export function shellOf(workflow: Workflow, job: Job, step: Step, scope: StepScope): 'posix' | 'either' | 'other' {
  const named = shellNamed(workflow, job, step);
  if (named !== undefined) return posix.test(named) ? 'posix' : 'other';
  if (!job.runsOn.some(label => mayBeWindows(label, scope))) return 'posix';
  return job.runsOn.some(({ value }) => /windows/i.test(value)) ? 'other' : 'either';
}

function mayBeWindows(label: Scalar, scope: StepScope): boolean {
  if (!label.value.includes('${{')) return /windows/i.test(label.value);
  return alternatives(evaluateText(label, scope)).some(option => /windows/i.test(display(option)));
}

/** The `shell:` that holds for a step. */
export function shellNamed(workflow: Workflow, job: Job, step: Step): string | undefined {
  return step.shell?.value ?? job.shell?.value ?? workflow.shell?.value;
}
