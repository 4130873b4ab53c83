import { conditionContexts, holds } from '../expression/evaluate.ts';
import type { Scalar } from '../workflow/scalar.ts';
import type { StepScope } from './scope.ts';
import type { Start } from './starts.ts';

/** Stands for the event of whoever calls a reusable workflow or composite action: it may be any. */
export const callerEvent = 'workflow_call';

/** What a condition on GitHub's own names alone lets through: it is the same for every step that has it. */
const passed = new WeakMap<readonly Start[], Map<string, readonly Start[]>>();

/** The starts with which a condition may hold. */
export function startsThatPass(condition: Scalar | undefined, starts: readonly Start[], scope: StepScope): readonly Start[] {
  if (!condition) return starts;
  const contexts = conditionContexts(condition.value);
  if (!contexts) return starts;
  const depends = [...contexts].filter(name => scope.dependsOnStart(name));
  if (depends.length === 0) return holds(condition.value, scope, condition.span) === false ? [] : starts;
  const isGeneral = contexts.size === 1 && !condition.value.includes('inputs') && contexts.has('github');
  const before = isGeneral ? passed.get(starts)?.get(condition.value) : undefined;
  if (before) return before;
  const kept = starts.filter(start => holds(condition.value, scope.assuming(start), condition.span) !== false);
  // The same list where all pass: what is known of it counts on.
  const found = kept.length === starts.length ? starts : kept;
  if (isGeneral) remember(starts, condition.value, found);
  return found;
}

function remember(starts: readonly Start[], condition: string, found: readonly Start[]): void {
  const known = passed.get(starts);
  if (known) known.set(condition, found);
  else passed.set(starts, new Map([[condition, found]]));
}

/** Whether a condition holds in every one of the runs; that nothing failed before is taken for granted. */
export function surelyRuns(condition: Scalar | undefined, starts: readonly Start[], scope: StepScope): boolean {
  if (!condition || /^\s*(?:\$\{\{\s*)?(?:success\(\)|!\s*cancelled\(\))(?:\s*\}\})?\s*$/.test(condition.value)) return true;
  return starts.every(start => holds(condition.value, scope.assuming(start), condition.span) === true);
}

/** Whether a job's own condition lets it run although a needed job was skipped. */
export function runsAfterSkipped(condition: Scalar | undefined): boolean {
  return condition !== undefined && /\b(?:always|cancelled|failure)\s*\(/.test(condition.value);
}
