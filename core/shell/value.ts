import { choice, type Template } from '../image/template.ts';

/** As `$(…)` leaves it: without the line breaks at the end. */
export function withoutFinalBreaks(value: Template): Template {
  const last = value.at(-1);
  if (last?.kind === 'choice') return [...value.slice(0, -1), ...choice(last.options.map(withoutFinalBreaks), last.at)];
  if (last?.kind !== 'text' || !last.text.endsWith('\n')) return value;
  const kept = last.text.replace(/(?<!\n)\n+$/, '');
  return kept === '' ? withoutFinalBreaks(value.slice(0, -1)) : [...value.slice(0, -1), { ...last, text: kept }];
}
