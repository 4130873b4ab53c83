import type { ArithmeticExpression } from 'unbash';
import { hole } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { ShellState } from './state.ts';

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.trunc(a / b),
  '%': (a, b) => a % b,
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
};

/** The number that `$((…))` gives where every variable in it is a known number; `undefined` else. */
export function arithmetic(
  expression: ArithmeticExpression | undefined,
  variable: (name: string) => string | undefined,
): number | undefined {
  switch (expression?.type) {
    case 'ArithmeticGroup':
      return arithmetic(expression.expression, variable);
    case 'ArithmeticWord': {
      const name = expression.value.replace(/^\$\{?(\w+)\}?$/, '$1');
      const text = /^[A-Za-z_]/.test(name) ? variable(name) : name;
      // A leading zero means octal there.
      return text !== undefined && /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
    }
    case 'ArithmeticBinary': {
      const operation = operations[expression.operator];
      const left = operation && arithmetic(expression.left, variable);
      const right = operation && arithmetic(expression.right, variable);
      const result = operation && left !== undefined && right !== undefined ? operation(left, right) : undefined;
      return result !== undefined && Number.isSafeInteger(result) ? result : undefined;
    }
    default:
      return undefined;
  }
}

/** Variables that an arithmetic text sets: `i++`, `--i`, `i += 2`, `i = 1`. */
export function counted(text: string): readonly string[] {
  const names: string[] = [];
  for (const { 0: name, index } of text.matchAll(/[A-Za-z_]\w*/g)) {
    const before = text.slice(Math.max(0, index - 2), index);
    const after = text.slice(index + name.length, index + name.length + 8);
    if (before === '++' || before === '--' || /^\s*(?:\+\+|--|(?:<<|>>|[-+*/%&|^])?=(?!=))/.test(after)) names.push(name);
  }
  return names;
}

/** What an arithmetic text sets is some number afterwards. */
export function forgetCounted(text: string, state: ShellState, at: Span): void {
  for (const name of counted(text)) state.set(name, { kind: 'string', value: hole(`$${name}`, 'integer', at) });
}
