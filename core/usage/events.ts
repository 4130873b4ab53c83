import { holds } from '../expression/evaluate.ts';
import type { Scope } from '../expression/scope.ts';
import type { Scalar } from '../workflow/scalar.ts';
import type { Start } from './starts.ts';

/** Stands for the event of whoever calls a reusable workflow or composite action: it may be any. */
export const callerEvent = 'workflow_call';

/** The starts with which a condition may hold; `scopeFor` assumes one of them. */
export function startsThatPass(
  condition: Scalar | undefined,
  starts: readonly Start[],
  scopeFor: (start: Start) => Scope,
): readonly Start[] {
  if (!condition) return starts;
  return starts.filter(start => holds(condition.value, scopeFor(start), condition.span) !== false);
}

/** Whether a condition holds in every one of the runs; that nothing failed before is taken for granted. */
export function surelyRuns(condition: Scalar | undefined, starts: readonly Start[], scopeFor: (start: Start) => Scope): boolean {
  if (!condition || /^\s*(?:\$\{\{\s*)?(?:success\(\)|!\s*cancelled\(\))(?:\s*\}\})?\s*$/.test(condition.value)) return true;
  return starts.every(start => holds(condition.value, scopeFor(start), condition.span) === true);
}

/** Whether a job's own condition lets it run although a needed job was skipped. */
export function runsAfterSkipped(condition: Scalar | undefined): boolean {
  return condition !== undefined && /\b(?:always|cancelled|failure)\s*\(/.test(condition.value);
}
