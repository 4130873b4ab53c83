import type { Value } from '../../expression/value.ts';
import { literal } from '../../image/template.ts';

/** What an operator of HCL makes of two numbers; of one for the sign. `undefined` where one of them is not known. */
export function calculate(operator: string, a: Value, b: Value): Value | undefined {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left === undefined) return undefined;
  if (operator === '-' && b.kind === 'null') return { kind: 'number', value: -left };
  if (right === undefined) return undefined;
  const value = { '+': left + right, '-': left - right, '*': left * right, '/': left / right, '%': left % right }[operator];
  return value === undefined || !Number.isFinite(value) ? undefined : { kind: 'number', value };
}

/** A number, also as text. */
export function numberOf(value: Value | undefined): number | undefined {
  if (value?.kind === 'number') return value.value;
  const written = value && (value.kind === 'string' || value.kind === 'any') ? literal(value.template) : undefined;
  return written !== undefined && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(written) ? Number(written) : undefined;
}
