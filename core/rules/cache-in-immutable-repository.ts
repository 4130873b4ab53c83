import { match } from '../image/match.ts';
import { referenceParts, tagMobility } from '../image/mobility.ts';
import { splitAt } from '../image/split.ts';
import { alternatives, derived, display, literal, type Template } from '../image/template.ts';
import { pathMatcher } from '../text/glob.ts';
import { isEcrHost } from '../usage/ecr.ts';
import type { CacheExport, RepositorySettings } from '../usage/usage.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { attributeOf, cacheReference, isBuildKit, placeOf, readBoolean } from './shared/cacheEntry.ts';

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
        const { path, use } = settings;
        context.report({
          at,
          message: message(reference, cache, use),
          related: [...related, { path, span: use.at, message: 'Its tags are made immutable here.' }],
        });
        return;
      }
    },
  },
};

function message(reference: Template, cache: CacheExport, { repository, mutability }: RepositorySettings): string {
  const name = display(repository.template);
  const how = literal(mutability ?? []) === 'IMMUTABLE' ? 'immutable' : 'immutable, and no exclusion matches this one';
  const ignored = readBoolean(attributeOf(cache, 'ignore-error')?.value ?? []) === true;
  const end = ignored
    ? 'With `ignore-error=true` nobody sees it, and the cache stays as it was on the first day.'
    : 'The build fails with it.';
  return `The tags of \`${name}\` are ${how}. The first export of \`${display(reference)}\` is taken, every later one is refused (“cannot be overwritten because the tag is immutable”). ${end} Keep the cache in a mutable repository, or exclude its tag (\`IMMUTABLE_WITH_EXCLUSION\`).`;
}

interface Settings {
  readonly path: string;
  readonly use: RepositorySettings;
}

/** The setting of the reference's repository that keeps its tag from being written again. */
function refusedBy(reference: Template, cache: CacheExport, { workspace, path }: RuleContext): Settings | undefined {
  const { name, tag, digest, open } = referenceParts(reference);
  const tail = splitAt(name, (text, from) => text.indexOf('/', from))?.after;
  if (!tail || digest || open || (name[0]?.kind === 'text' && !isEcrHost(reference))) return undefined;
  // A tag that names one build is written once.
  const written = tag?.value ?? derived('latest', cache.at);
  if (tagMobility(written) === 'immutable') return undefined;
  const settings = settingsIn(workspace).filter(
    ({ path: from, use }) => match(use.repository.template, tail, from === path ? 'run' : 'repository') === 'same',
  );
  const last = settings.at(-1);
  if (!last || settings.some(({ use }) => !isImmutable(use))) return undefined;
  return last.use.exclusions.some(({ template }) => mayExclude(template, written)) ? undefined : last;
}

function isImmutable({ mutability }: RepositorySettings): boolean {
  return /^IMMUTABLE(?:_WITH_EXCLUSION)?$/.test(literal(mutability ?? []) ?? '');
}

/** ECR's filters know `*` alone. What is not known may be excluded. */
function mayExclude(filter: Template, tag: Template): boolean {
  const pattern = literal(filter);
  const known = literal(tag);
  return pattern === undefined || known === undefined || pathMatcher(pattern)(known);
}

const known = new WeakMap<object, readonly Settings[]>();

/** All settings of tags in the workspace; those that set nothing about tags are left out. */
function settingsIn(workspace: Workspace): readonly Settings[] {
  // The list is made anew whenever a file changes.
  const version = workspace.flow.caches;
  let found = known.get(version);
  if (!found) {
    found = workspace
      .paths()
      .flatMap(path =>
        workspace
          .usages(path)
          .flatMap(({ usages }) => usages.flatMap(use => (use.kind === 'repositorySettings' && use.mutability ? [{ path, use }] : []))),
      );
    known.set(version, found);
  }
  return found;
}
