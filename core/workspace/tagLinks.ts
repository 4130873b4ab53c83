import { type Match, match } from '../image/match.ts';
import { type ReferenceParts, referenceParts, tagOf } from '../image/mobility.ts';
import type { Template } from '../image/template.ts';
import type { TagFlow, TagRead, TagUse, TagWrite } from './tagFlow.ts';

/** Who pushes what a reference (without choices) of the file at `path` names: surely, or where nobody does, perhaps. */
export function writersOf(reference: Template, path: string, flow: TagFlow): readonly TagWrite[] {
  return linked(reference, flow.writesTo(referenceParts(reference).name, 'maybe', path));
}

/** Who pulls, copies, deploys or asks for it. */
export function readersOf(reference: Template, path: string, flow: TagFlow): readonly TagRead[] {
  return linked(reference, flow.readsOf(referenceParts(reference).name, 'maybe', path));
}

function linked<U extends TagUse>(reference: Template, uses: readonly U[]): readonly U[] {
  const parts = referenceParts(reference);
  if (parts.digest) return [];
  const found = uses.map(use => ({ use, how: howSure(parts, use.parts) })).filter(({ how }) => how !== 'never');
  const sure = found.filter(({ how }) => how === 'same');
  return (sure.length > 0 ? sure : found).map(({ use }) => use);
}

function howSure(a: ReferenceParts, b: ReferenceParts): Match {
  if (b.digest) return 'never';
  return match(tagOf(a), tagOf(b));
}
