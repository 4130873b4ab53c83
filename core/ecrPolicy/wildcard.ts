import { match } from '../image/match.ts';
import { alternatives, hole, literal, render, type Template, text } from '../image/template.ts';

/** Whether a pattern of Amazon ECR matches a tag: whatever the tag's unknown parts are, with some text in their place, or never. */
export type Certainty = 'surely' | 'perhaps' | 'never';

/** Stands for an unknown part; no tag has it. */
const unknown = '\u0000';
const nowhere = { start: 0, end: 0 };

/** A whole tag against a pattern in which `*` stands for any text, as in lifecycle rules and exclusion filters: no `?`, no classes. */
export function matchesPattern(pattern: string, tag: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return tag === pattern;
  if (!tag.startsWith(first)) return false;
  let at = first.length;
  // The first place where a piece fits leaves most for the others.
  for (const piece of rest) {
    const found = tag.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return tag.length - last.length >= at && tag.endsWith(last);
}

/** The same for a tag of which parts are unknown. */
export function patternCertainty(pattern: string, tag: Template): Certainty {
  const known = literal(tag);
  if (known !== undefined) return matchesPattern(pattern, known) ? 'surely' : 'never';
  // In the text that stands for all, an unknown part is met by `*` alone.
  if (
    alternatives(tag).every(form =>
      matchesPattern(
        pattern,
        render(form, () => unknown),
      ),
    )
  )
    return 'surely';
  return match(tag, templateOf(pattern)) === 'never' ? 'never' : 'perhaps';
}

function templateOf(pattern: string): Template {
  return pattern.split('*').flatMap((piece, index) => [...(index > 0 ? hole('*', 'tagSafe', nowhere) : []), ...text(piece, nowhere)]);
}

/** The surer of several. */
export function surest(certainties: readonly Certainty[]): Certainty {
  if (certainties.includes('surely')) return 'surely';
  return certainties.includes('perhaps') ? 'perhaps' : 'never';
}
