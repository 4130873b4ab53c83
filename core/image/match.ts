import { alternatives, type Template } from './template.ts';

/** `never`: no value of one is a value of the other. `same`: both are the same text or the same unknown value in it. */
export type Match = 'same' | 'maybe' | 'never';

/** Whether two Templates may become the same string. What is unknown may be anything. */
export function match(a: Template, b: Template): Match {
  const all = alternatives(a).flatMap(one => alternatives(b).map(other => matchForms(one, other)));
  return all.includes('same') ? 'same' : all.includes('maybe') ? 'maybe' : 'never';
}

function matchForms(a: Template, b: Template): Match {
  if (a.length === b.length && a.every((part, index) => samePart(part, b[index]))) return 'same';
  return a.every(({ kind }) => kind === 'text') && b.every(({ kind }) => kind === 'text') ? 'never' : 'maybe';
}

function samePart(a: Template[number], b: Template[number] | undefined): boolean {
  if (a.kind === 'text') return b?.kind === 'text' && a.text === b.text;
  return a.kind === 'hole' && b?.kind === 'hole' && a.source === b.source && a.shape !== 'unknown';
}
