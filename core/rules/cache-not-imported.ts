import { match, matchNames } from '../image/match.ts';
import { referenceParts, tagOf } from '../image/mobility.ts';
import { alternatives, display, type Template } from '../image/template.ts';
import { nearest } from '../text/nearest.ts';
import type { CacheExport, CacheImport } from '../usage/usage.ts';
import { placeAbove } from '../workflow/inputEdit.ts';
import type { Step } from '../workflow/model.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { type CacheCatalogue, cacheCatalogue, type NamedCache } from './shared/cacheCatalogue.ts';
import { type Cache, isBuildKit, placeOf } from './shared/cacheEntry.ts';
import { storeNames } from './shared/cacheStores.ts';

/** A cache has two sides, and what one of them names the other must name too. */
export const cacheNotImported: Rule = {
  id: 'cache-not-imported',
  title: 'A cache is written that no build reads, or read that no build writes',
  severity: 'info',
  fixable: true,
  visit: {
    cacheExport(cache, context) {
      const names = knownNames(cache, context);
      const catalogue = cacheCatalogue(context.workspace);
      if (!names || catalogue.someImportsUnknown || names.some(name => isAnswered(cache, name, catalogue.imports, context))) return;
      report(cache, names, catalogue.imports, context);
    },
    cacheImport(cache, context) {
      const names = knownNames(cache, context);
      const catalogue = cacheCatalogue(context.workspace);
      if (!names || catalogue.someExportsUnknown || hasAnswer(cache, names, catalogue, context)) return;
      if (findsAny(cache.step, catalogue, context)) return;
      report(cache, names, catalogue.exports, context);
    },
  },
};

/** The names of an entry in GitHub's cache or a registry; `undefined` where they, or who else uses them, are not known. */
function knownNames(cache: Cache, { usage, workspace }: RuleContext): readonly Template[] | undefined {
  if ((cache.type !== 'gha' && cache.type !== 'registry') || !isBuildKit(cache, usage)) return undefined;
  const names = storeNames(cache);
  if (names.length === 0 || usage.workflow.kind === 'action') return undefined;
  return names.some(name => workspace.policy.isExternalCache(display(name))) ? undefined : names;
}

function isAnswered(cache: Cache, name: Template, others: CacheCatalogue['exports'], { path }: RuleContext): boolean {
  return others.of(cache.type, name).some(other => mayBeOne(cache, name, other, path));
}

function mayBeOne(cache: Cache, name: Template, other: NamedCache, path: string): boolean {
  const nearness = other.path === path ? 'run' : 'repository';
  if (cache.type === 'gha') return match(name, other.name, nearness) !== 'never';
  const [a, b] = [referenceParts(name), referenceParts(other.name)];
  return (
    a.open ||
    b.open ||
    (matchNames(a.name, b.name, nearness) !== 'never' && match(tagOf(a, cache.at), tagOf(b, cache.at), nearness) !== 'never')
  );
}

/** An import finds a cache that some build writes, an image that may carry one inline, or what another repository's workflows write. */
function hasAnswer(cache: CacheImport, names: readonly Template[], catalogue: CacheCatalogue, context: RuleContext): boolean {
  return names.some(name => {
    if (isAnswered(cache, name, catalogue.exports, context)) return true;
    if (cache.type === 'gha') return false;
    const parts = referenceParts(name);
    const written = context.workspace.flow.writesTo(parts.name, 'maybe', context.path);
    const tag = tagOf(parts, cache.at);
    if (parts.digest || written.some(write => match(tagOf(write.parts, cache.at), tag) !== 'never')) return true;
    return (
      written.length === 0 &&
      !context.workspace.flow.cachesAt(parts.name, 'same', context.path).some(({ usage }) => usage.kind === 'cacheExport')
    );
  });
}

const finders = new WeakMap<CacheCatalogue, Map<Step, boolean>>();

/** Whether one of a step's imports is written somewhere: the others are further places to look. */
function findsAny(step: Step, catalogue: CacheCatalogue, context: RuleContext): boolean {
  const known = finders.get(catalogue) ?? new Map<Step, boolean>();
  finders.set(catalogue, known);
  let finds = known.get(step);
  finds ??= context.usage.usages.some(use => {
    if (use.kind !== 'cacheImport' || use.step !== step) return false;
    const names = storeNames(use);
    return names.length > 0 && hasAnswer(use, names, catalogue, context);
  });
  known.set(step, finds);
  return finds;
}

function report(cache: Cache, names: readonly Template[], others: CacheCatalogue['exports'], context: RuleContext): void {
  const { at, related } = placeOf(cache.entry, context.path);
  if (isSaidAlready(context, at)) return;
  const [name = []] = names;
  const near = nearMiss(cache, name, others);
  const fix = cache.kind === 'cacheExport' && !near ? importToo(cache, context) : undefined;
  context.report({
    at,
    message: message(cache, name, near),
    related: near ? [...related, { path: near.path, span: near.usage.entry.span, message: 'This one is near to it.' }] : related,
    ...(fix && { fix }),
  });
}

function message(cache: Cache, name: Template, near: NamedCache | undefined): string {
  const what = cache.type === 'gha' ? `the scope \`${display(name)}\`` : `\`${display(name)}\``;
  const other = near ? ` Is \`${display(near.name)}\` meant?` : '';
  if (cache.kind === 'cacheExport')
    return `No build of this workspace reads ${what}: writing this cache costs time on each run and saves none.${other || ' Name it in `cache-from` too.'}`;
  return `No build of this workspace writes ${what}: nothing is found there, and the build begins anew each time.${other || ' Name it in `cache-to` too.'}`;
}

/** Of more names none is looked through for a slip. */
const mostCompared = 256;

/** A name of the other side that differs by a slip, or by the tag alone. */
function nearMiss(cache: Cache, name: Template, others: CacheCatalogue['exports']): NamedCache | undefined {
  const all = others.all(cache.type).slice(0, mostCompared);
  const written = display(name);
  const found = nearest(
    written,
    all.map(other => display(other.name)),
  );
  if (found !== undefined) return all.find(other => display(other.name) === found);
  if (cache.type === 'gha') return undefined;
  const { name: repository } = referenceParts(name);
  return all.find(other => alternatives(other.name).some(form => matchNames(referenceParts(form).name, repository, 'run') === 'same'));
}

/** Suggests the import, above the export, where the step has none. */
function importToo(cache: CacheExport, { text }: RuleContext): Problem['fix'] | undefined {
  const inputs = cache.step.with;
  const to = inputs?.entries.get('cache-to');
  if (!inputs || !to || inputs.flow || inputs.entries.has('cache-from') || cache.entry.template.some(({ via }) => via.length > 0))
    return undefined;
  const start = placeAbove(text, to.key.span.start);
  if (start === undefined) return undefined;
  const lineStart = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
  const indent = text.slice(lineStart, start);
  const keys = cache.type === 'gha' ? /^(?:type|scope)$/i : /^(?:type|ref)$/i;
  const entry = cache.bare
    ? display(cache.entry.template)
    : cache.attributes
        .filter(({ key }) => keys.test(key))
        .map(({ template }) => display(template))
        .join(',');
  if (/\S/.test(indent) || /["'\n]/.test(entry)) return undefined;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return {
    title: `Add \`cache-from: ${entry}\``,
    safe: false,
    edits: [{ span: { start, end: start }, text: `cache-from: ${entry}${eol}${indent}` }],
  };
}
