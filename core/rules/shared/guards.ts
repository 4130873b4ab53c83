import type { Usage } from '../../usage/usage.ts';

// What only tells events and kinds of references apart, which is known otherwise.
const plain =
  /github\.(?:event_name|ref_type|repository(?:_owner)?)\b|startsWith\(\s*github\.ref\s*,\s*'refs\/(?:tags|heads)\/v?'\s*\)|\b(?:always|success|failure|cancelled|contains|fromJSON)\b|'[^']*'|\b(?:true|false)\b|[\s()!&|=,[\]]|\$\{\{|\}\}/g;

/** Whether a condition of the job or step, or the build's `push:`, asks anything that may hold back a push: a branch, a version, an input. */
export function isGuarded({ job, step, calledJob }: Usage): boolean {
  const push = step.with?.entries.get('push')?.value.value ?? '';
  const conditions = [job.if?.value, calledJob?.if?.value, step.if?.value, /^\s*true\s*$/.test(push) ? '' : push];
  return conditions.some(condition => condition !== undefined && condition.replace(plain, '') !== '');
}
