import type { Severity } from '../../core/rules/rule.ts';

/** `1 error`, `2 errors`, `3 info`. */
export function countOf(count: number, severity: Severity): string {
  return `${count} ${severity}${count === 1 || severity === 'info' ? '' : 's'}`;
}

/** `1 file`, `2 files`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
