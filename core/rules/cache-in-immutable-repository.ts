import { referenceParts, tagMobility, tagOf } from '../image/mobility.ts';
import { alternatives, display, type Template } from '../image/template.ts';
import type { CacheExport, RepositorySettings } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { attributeOf, cacheReference, isBuildKit, placeOf, readBoolean } from './shared/cacheEntry.ts';
import { ecrName, frozenBy, howFrozen, type Settings } from './shared/repositorySettings.ts';

/** A cache is written to the same tag again and again, which an immutable repository refuses. */
export const cacheInImmutableRepository: Rule = {
  id: 'cache-in-immutable-repository',
  title: 'A cache is kept in a repository whose tags cannot be written again',
  severity: 'warning',
  fixable: false,
  visit: {
    cacheExport(cache, context) {
      if (cache.type !== 'registry' || !isBuildKit(cache, context.usage)) return;
      for (const reference of alternatives(cacheReference(cache))) {
        const settings = refusedBy(reference, cache, context);
        if (!settings) continue;
        const { at, related } = placeOf(cache.entry, context.path);
        if (isSaidAlready(context, at)) return;
        const { path, usage } = settings;
        context.report({
          at,
          message: message(reference, cache, usage),
          related: [...related, { path, span: usage.at, message: 'Its tags are made immutable here.' }],
        });
        return;
      }
    },
  },
};

function message(reference: Template, cache: CacheExport, settings: RepositorySettings): string {
  const name = display(settings.repository.template);
  const ignored = readBoolean(attributeOf(cache, 'ignore-error')?.value ?? []) === true;
  const end = ignored
    ? 'With `ignore-error=true` nobody sees it, and the cache stays as it was on the first day.'
    : 'The build fails with it.';
  return `The tags of \`${name}\` are ${howFrozen(settings)}. The first export of \`${display(reference)}\` is taken, every later one is refused (“cannot be overwritten because the tag is immutable”). ${end} Keep the cache in a mutable repository, or exclude its tag (\`IMMUTABLE_WITH_EXCLUSION\`).`;
}

/** The setting of the reference's repository that keeps its tag from being written again. */
function refusedBy(reference: Template, cache: CacheExport, context: RuleContext): Settings | undefined {
  const parts = referenceParts(reference);
  const name = ecrName(reference);
  if (!name || parts.digest || parts.open) return undefined;
  // A tag that names one build is written once.
  const written = tagOf(parts, cache.at);
  return tagMobility(written) === 'immutable' ? undefined : frozenBy(name, written, context);
}
