import { matchesPattern } from '../ecrPolicy/wildcard.ts';
import { tagMobility } from '../image/mobility.ts';
import { derived } from '../image/template.ts';
import type { LiveRule } from './rule.ts';
import { tagOf } from './uses.ts';
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
    const tag = tagOf(use);
    if (!image || !writes || tag === undefined) return;
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
