import type { Scope } from '../expression/evaluate.ts';
import { holds } from '../expression/evaluate.ts';
import type { Scalar } from '../workflow/scalar.ts';

/** Stands for the event of whoever calls a reusable workflow or composite action: it may be any. */
export const callerEvent = 'workflow_call';

/** The events of `events` with which a condition may hold; `scopeFor` assumes one event, or none for the caller's. */
export function eventsThatPass(
  condition: Scalar | undefined,
  events: readonly string[],
  scopeFor: (event: string | undefined) => Scope,
): readonly string[] {
  if (!condition) return events;
  return events.filter(event => holds(condition.value, scopeFor(event === callerEvent ? undefined : event), condition.span) !== false);
}

/** Whether a job's own condition lets it run although a needed job was skipped. */
export function runsAfterSkipped(condition: Scalar | undefined): boolean {
  return condition !== undefined && /\b(?:always|cancelled|failure)\s*\(/.test(condition.value);
}
