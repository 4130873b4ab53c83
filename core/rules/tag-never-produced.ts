import { display } from '../image/template.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { type Reader, type UnmatchedRead, unmatchedReads } from './shared/unmatchedReads.ts';

/** What is deployed, pulled or promoted must be pushed by somebody, under that name. */
export const tagNeverProduced: Rule = {
  id: 'tag-never-produced',
  title: 'A tag is read that no workflow pushes',
  severity: 'warning',
  fixable: false,
  visit: { deploy: check, pull: check, retag: check },
};

function check(usage: Reader, context: RuleContext): void {
  const found = unmatchedReads(usage, context).find(({ nearest }) => !nearest);
  if (!found || isSaidAlready(context, found.read.item.span)) return;
  const { read, tag, writes } = found;
  context.report({
    at: read.item.span,
    message: `No workflow here pushes \`${display(read.parts.name)}:${display(tag)}\`: what is pushed there is ${names(writes)}. ${consequence(usage)}`,
    via: tag[0]?.via ?? [],
    related: producers(found),
  });
}

function consequence({ kind }: Reader): string {
  const use = kind === 'deploy' ? 'The deployment' : kind === 'pull' ? 'The pull' : 'The promotion';
  return `${use} fails, or takes what was left under that name long ago.`;
}

/** A few tags in words. */
function names(writes: readonly TagWrite[]): string {
  const tags = [...new Set(writes.map(({ parts }) => `\`${parts.tag ? display(parts.tag.value) : 'latest'}\``))];
  const shown = tags.slice(0, 4);
  return tags.length > shown.length ? `${shown.join(', ')} and ${tags.length - shown.length} more` : shown.join(', ');
}

function producers({ writes }: UnmatchedRead) {
  const places = new Map(writes.map(({ place, reference }) => [`${place.path}:${place.span.start}`, { place, reference }] as const));
  return [...places.values()]
    .slice(0, 6)
    .map(({ place, reference }) => ({ ...place, message: `\`${display(reference)}\` is pushed here.` }));
}
