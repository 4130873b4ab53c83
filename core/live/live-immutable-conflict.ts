import { matchesPattern } from '../ecrPolicy/wildcard.ts';
import { referenceParts, tagMobility, tagOf } from '../image/mobility.ts';
import { derived, literal } from '../image/template.ts';
import { imageKey } from './answers.ts';
import type { LiveContext, LiveRule } from './rule.ts';
import type { ImageUse } from './uses.ts';
import { asOf } from './words.ts';

/** A registry that takes no tag twice refuses what is meant to move. */
export const liveImmutableConflict: LiveRule = {
  id: 'live-immutable-conflict',
  title: 'A tag that is meant to move is pushed to a repository that takes no tag twice',
  severity: 'error',
  fixable: false,
  check(use, context) {
    const { image, role, usage, at } = use;
    const writes = role === 'write' || usage.kind === 'cacheExport';
    const tag = tagRead(use);
    if (!image || !writes || tag === undefined || !isSaidHere(use, context)) return;
    const settings = context.answers.settings(image.host, image.repository);
    if (settings?.immutable === undefined) return;
    const excluded = settings.exclusions?.some(filter => matchesPattern(filter, tag)) === true;
    if (settings.immutable === excluded) return;
    const moves = role === 'cache' || tagMobility(derived(tag, at)) === 'moving';
    if (!moves) return;
    context.report({
      at,
      message: `\`${image.repository}\` lets nobody push \`${tag}\` twice (${asOf(settings.readAt, context.now)}), and it is meant to be pushed again: the second push fails. Let an exclusion in the repository's settings make this tag mutable, or push a tag that names one build.`,
    });
  },
};

/** A row of docker/metadata-action is where a tag is decided, but only what a later step does with it pushes it. */
function isSaidHere({ image, role, usage }: ImageUse, { uses }: LiveContext): boolean {
  if (!image || role !== 'write') return true;
  const isRow = usage.kind === 'metadata';
  const others = uses.filter(one => one.role === 'write' && (one.usage.kind === 'metadata') !== isRow);
  return others.some(one => one.image && imageKey(one.image) === imageKey(image)) === isRow;
}

/** The tag of a use; `undefined` where it has a digest or where nobody knows. */
function tagRead({ form }: ImageUse): string | undefined {
  const parts = referenceParts(form);
  return parts.digest || parts.open ? undefined : literal(tagOf(parts));
}
