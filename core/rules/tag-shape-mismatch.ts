import { display, type HolePart, holes, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { type Reader, unmatchedReads } from './shared/unmatchedReads.ts';

/** One value in two spellings: seven characters of the commit where forty are read. */
export const tagShapeMismatch: Rule = {
  id: 'tag-shape-mismatch',
  title: 'A tag is read in another form than it is pushed in',
  severity: 'warning',
  fixable: false,
  visit: { deploy: check, pull: check, retag: check },
};

function check(usage: Reader, context: RuleContext): void {
  const found = unmatchedReads(usage, context).find(({ nearest }) => nearest);
  if (!found?.nearest || isSaidAlready(context, found.read.item.span)) return;
  const { read, tag, nearest } = found;
  const pushed = nearest.parts.tag?.value ?? [];
  const name = display(read.parts.name);
  const cut = cutAt(tag, context.path);
  context.report({
    at: cut ?? read.item.span,
    message: `\`${name}:${display(tag)}\`${lengthOf(tag)} is read, but what is pushed is \`${display(nearest.reference)}\`${lengthOf(pushed)}: the two are never equal, so the tag is not found.`,
    via: cut ? [] : (tag.find(({ kind }) => kind === 'hole')?.via ?? []),
    related: [
      ...(cut ? [{ span: read.item.span, message: 'It is read here.' }] : []),
      { ...nearest.place, message: `\`${display(nearest.reference)}\` is pushed here.` },
    ],
  });
}

/** Where a commit was cut to its length, in this file: the place to mend. */
function cutAt(tag: Template, path: string): Span | undefined {
  const origin = holes(tag).find(({ shape, length }) => shape === 'shortSha' && length !== undefined)?.via[0];
  return origin?.path === path ? origin.span : undefined;
}

/** How much of a commit a tag holds, which its text does not show. */
function lengthOf(tag: Template): string {
  const commit = holes(tag).find(({ shape }) => shape === 'sha40' || shape === 'shortSha');
  const length = commit && characters(commit);
  return length === undefined ? '' : ` (${length} characters of the commit)`;
}

function characters({ shape, length }: HolePart): number | undefined {
  return shape === 'sha40' ? 40 : length;
}
