import { holds } from '../expression/evaluate.ts';
import type { Scope } from '../expression/scope.ts';
import type { Scalar } from '../workflow/scalar.ts';
import { refValue, type Start } from './starts.ts';

/** Whether a value such as `cancel-in-progress` is true in a run that began like `start`, as far as the start decides it. */
export function isTrueAt({ value, span }: Scalar, start: Start): boolean | undefined {
  if (!value.includes('${{')) return /^true$/i.test(value.trim()) ? true : /^false$/i.test(value.trim()) ? false : undefined;
  const scope: Scope = {
    lookup: ([context, ...path], at) =>
      /^(?:github|gitea|forgejo)$/i.test(context ?? '') ? refValue(path.join('.').toLowerCase(), start, at) : undefined,
    events: [start.event],
    assumed: true,
  };
  return holds(value, scope, span);
}
