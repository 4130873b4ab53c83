import type { Edit } from '../text/span.ts';
import type { Step } from './model.ts';

/**
 * The edit that gives a `run:` step the variable `name`, whose value is the expression `source`; `undefined` where the step is written in
 * a form in which one line more would not be right.
 */
export function addStepVariable(text: string, step: Step, name: string, source: string): Edit | undefined {
  const value = `\${{ ${source} }}`;
  if (/[:#]\s|\s#|["\\\n]/.test(source)) return undefined;
  const [first] = [...(step.env?.entries.values() ?? [])];
  if (step.env && (step.env.flow || !first)) return undefined;
  const at = first ? first.key.span.start : step.runKey?.start;
  if (at === undefined) return undefined;
  const lineStart = Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
  // Only list dashes may stand before the key: the next line begins under it.
  if (!/^[\s-]*$/.test(text.slice(lineStart, at))) return undefined;
  const indent = ' '.repeat(at - lineStart);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const inserted = first ? `${name}: ${value}${eol}${indent}` : `env:${eol}${indent}  ${name}: ${value}${eol}${indent}`;
  return { span: { start: at, end: at }, text: inserted };
}
