import type { Span } from '../text/span.ts';
import { memo } from './memo.ts';
import { isImmutableShape, isWord } from './shape.ts';
import { splitAt } from './split.ts';
import { derived, literal, type Template } from './template.ts';

/** A reference Template (without choices) taken apart; what cannot be told is `unknown`. */
export interface ReferenceParts {
  readonly name: Template;
  /** With the `:`. Absent for a reference without a tag. */
  readonly tag?: { readonly colon: Template; readonly value: Template };
  readonly digest?: Template;
  /** An unknown end may hold a tag or digest of its own. */
  readonly open: boolean;
}

/** Splits at `@` and at the last `:` that no `/` follows, as a reference is read. */
export const referenceParts: (reference: Template) => ReferenceParts = memo(splitReference);

function splitReference(reference: Template): ReferenceParts {
  const atSign = splitAt(reference, (text, from) => text.indexOf('@', from));
  if (atSign) return { ...referenceParts(atSign.before), digest: atSign.after, open: false };
  const slash = lastIndex(reference, '/');
  const colon = lastIndex(reference, ':');
  if (colon && (!slash || colon.part > slash.part || (colon.part === slash.part && colon.offset > slash.offset))) {
    const cut = splitAt(reference, (text, from, part) =>
      part === colon.part && from <= colon.offset ? text.indexOf(':', colon.offset) : -1,
    );
    if (cut) return { name: cut.before, tag: { colon: cut.separator, value: cut.after }, open: false };
  }
  const last = reference.at(-1);
  return { name: reference, open: last?.kind === 'hole' && !isWord(last.shape) };
}

/** The tag that a reference is read by: without one `latest` is meant, which is said to stand at `at`. */
export function tagOf({ tag }: Pick<ReferenceParts, 'tag'>, at: Span = { start: 0, end: 0 }): Template {
  return tag?.value ?? derived('latest', at);
}

function lastIndex(reference: Template, character: string): { part: number; offset: number } | undefined {
  for (let part = reference.length - 1; part >= 0; part--) {
    const candidate = reference[part];
    const offset = candidate?.kind === 'text' ? candidate.text.lastIndexOf(character) : -1;
    if (offset >= 0) return { part, offset };
  }
  return undefined;
}

/** `immutable`: names one build for good. `moving`: meant to be pushed again. */
export type Mobility = 'immutable' | 'moving' | 'unknown';

const movingWord =
  /^(?:latest|main|master|trunk|head|develop|development|dev|staging|stage|stg|prod|production|prd|live|stable|edge|nightly|canary|beta|alpha|next|current|release|preview|testing|test|qa|uat|snapshot|lts)$/i;
const partialVersion = /^v?\d{1,4}(?:\.\d{1,4})?$/i;
const fullVersion = /(?:^|[^\d.])v?\d+\.\d+\.\d+/i;
const commit = /(?:^|[^0-9a-z])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}(?:$|[^0-9a-z])/i;
const stamp = /(?:^|\D)20\d{2}[-._]?\d{2}[-._]?\d{2}(?:\D|$)|(?:^|\D)\d{10,14}(?:\D|$)/;

/** Whether a tag is pushed again for other images. A literal name that says nothing is `unknown`. */
export function tagMobility(tag: Template): Mobility {
  const known = literal(tag);
  if (known !== undefined) return literalMobility(known);
  if (tag.some(part => part.kind === 'hole' && isImmutableShape(part.shape))) return 'immutable';
  if (tag.some(part => part.kind === 'text' && literalMobility(part.text) === 'immutable')) return 'immutable';
  const last = tag.at(-1);
  // `$ENVIRONMENT-latest`: whatever stands before, the word says that it moves.
  if (last?.kind === 'text' && /[-_.]latest$/i.test(last.text)) return 'moving';
  const moving = tag.every(
    part => part.kind === 'text' || (part.kind === 'hole' && (part.shape === 'branchTag' || part.shape === 'partialVersion')),
  );
  return moving ? 'moving' : 'unknown';
}

function literalMobility(tag: string): Mobility {
  if (fullVersion.test(tag) || commit.test(tag) || stamp.test(tag)) return 'immutable';
  if (partialVersion.test(tag) || movingWord.test(tag)) return 'moving';
  // `latest-alpine`, `develop-latest`: the word says that the rest does not fix it.
  return /(?:^|[-_.])latest(?:$|[-_.])/i.test(tag) ? 'moving' : 'unknown';
}
