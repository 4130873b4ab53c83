import { isLinear } from '../../image/split.ts';
import { literal, type Template } from '../../image/template.ts';
import type { Edit } from '../../text/span.ts';

/** `text` put right behind a value that ends where it is written; `undefined` where it ends in a value that is made elsewhere. */
export function insertedAfter(value: Template, text: string): Edit | undefined {
  const last = value.at(-1);
  if (last?.kind !== 'text' || !isLinear(last) || literal([last]) === '') return undefined;
  return { span: { start: last.at.end, end: last.at.end }, text };
}
