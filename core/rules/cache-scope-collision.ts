import { match } from '../image/match.ts';
import { display, holes, literal, type Template } from '../image/template.ts';
import type { Build, CacheExport } from '../usage/usage.ts';
import { nearnessOf } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext, type Severity } from './rule.ts';
import { buildOf, isBuildKit, placeOf } from './shared/cacheEntry.ts';
import { ownScope } from './shared/cacheScope.ts';
import { defaultScope, mayShareRef, type StoredCache, storedUnder, storeNames } from './shared/cacheStores.ts';
import { axesIn, axesOf, difference } from './shared/sameBuild.ts';

/** A cache has one place: what is written there last is all that is left. */
export const cacheScopeCollision: Rule = {
  id: 'cache-scope-collision',
  title: 'Different images write their caches to one place',
  severity: 'warning',
  fixable: true,
  visit: {
    cacheExport(cache, context) {
      if ((cache.type !== 'gha' && cache.type !== 'registry') || !isBuildKit(cache, context.usage)) return;
      for (const name of storeNames(cache)) if (legsCollide(cache, name, context) || othersCollide(cache, name, context)) return;
    },
  },
};

/** Jobs of one matrix that build different things. */
function legsCollide(cache: CacheExport, name: Template, context: RuleContext): boolean {
  const { job } = cache;
  const build = buildOf(cache, context.usage);
  if (!build || job.matrix.size === 0 || (job.legs && job.legs.length < 2)) return false;
  const axes = axesOf(build).filter(axis => differs(axis, cache));
  if (axes.length === 0 || !isSameForAll(name)) return false;
  const { at, related } = placeOf(cache.entry, context.path);
  if (isSaidAlready(context, at)) return true;
  const fix = ownScope(cache, axes.map(axis => `\${{ matrix.${axis} }}`).join('-'), context, axes);
  context.report({
    at,
    related,
    message: `The jobs of this matrix ${onlyPlatforms(build) ? 'build for different platforms' : 'build different images'} (${axes.map(axis => `\`matrix.${axis}\``).join(', ')}) and all write their cache to ${placeName(cache, name)}. The last one to end replaces the others’, so the next run finds the wrong layers and builds the rest anew.`,
    ...(fix && { fix }),
  });
  return true;
}

function onlyPlatforms(build: Build): boolean {
  return axesOf({ ...build, platforms: [] }).length === 0;
}

/** An axis with one value tells no jobs apart. */
function differs(axis: string, { job }: CacheExport): boolean {
  const values = job.matrix.get(axis) ?? [...job.matrix].find(([name]) => name.toLowerCase() === axis.toLowerCase())?.[1];
  return !values || new Set(values.map(({ value }) => value)).size > 1;
}

/** Nothing in the name may be another in each job of the matrix. */
function isSameForAll(name: Template): boolean {
  return axesIn(name).length === 0 && holes(name).every(({ source }) => /^(?:github|inputs|vars|secrets)\.[\w.-]+$/i.test(source));
}

/** Other builds, here or in other workflows, that come before this one. */
function othersCollide(cache: CacheExport, name: Template, context: RuleContext): boolean {
  const all = storedUnder(context.workspace, cache.type, name);
  const index = all.findIndex(({ usage }) => usage === cache);
  const self = all[index];
  if (!self) return false;
  // Hundreds of builds that share a place differ early, or not at all.
  for (const other of all.slice(Math.max(0, index - 64), index)) {
    const kind = collision(self, other);
    if (!kind) continue;
    const { at, related } = placeOf(cache.entry, context.path);
    if (isSaidAlready(context, at)) return true;
    const fix = kind === 'name' || isSamePlace(self, other) ? undefined : ownScope(cache, undefined, context);
    context.report({
      at,
      severity: severities[kind],
      message: message(self, other, kind),
      related: [...related, placeOfOther(self, other)],
      ...(fix && { fix }),
    });
    return true;
  }
  return false;
}

type Kind = NonNullable<ReturnType<typeof difference>>;

const severities: Readonly<Record<Kind, Severity>> = { image: 'warning', platform: 'warning', variant: 'info', name: 'info' };

function collision(a: StoredCache, b: StoredCache): Kind | undefined {
  if (a.build === b.build || (a.usage.step === b.usage.step && /bake/.test(a.build.tool))) return undefined;
  const nearness = nearnessOf(a, b);
  if (match(a.name, b.name, nearness) !== 'same' || (a.usage.type === 'gha' && !mayShareRef(a, b))) return undefined;
  const kind = difference(a.build, b.build, nearness);
  // One step for several calls keeps one cache for all of them on purpose, as long as it builds the same.
  return kind === 'name' && isSamePlace(a, b) ? undefined : kind;
}

/** One step of a called file, in two of its calls. */
function isSamePlace(a: StoredCache, b: StoredCache): boolean {
  return a.path === b.path && a.usage.step === b.usage.step;
}

function placeOfOther(self: StoredCache, { usage, path, call, ...other }: StoredCache): NonNullable<Problem['related']>[number] {
  if (call && isSamePlace(self, { usage, path, call, ...other }))
    return { path: call.caller.path, span: call.at, message: 'The other build is called here.' };
  return { path, span: placeOf(usage.entry, path).at, message: 'The other build writes its cache here.' };
}

function message(self: StoredCache, other: StoredCache, kind: Kind): string {
  const again = isSamePlace(self, other) ? other.call : undefined;
  const { step, job } = again ?? other.usage;
  const path = again ? again.caller.path : other.path;
  const who = `“${step.name?.value ?? job.name?.value ?? job.id.value}”${path === self.path ? '' : ` in ${path}`}`;
  const place = placeName(self.usage, self.name);
  if (kind === 'name')
    return `This build and ${who} push different tags and both write their cache to ${place}: what one of them adds to it, the other replaces.`;
  if (kind === 'variant')
    return `This build and ${who} build one Dockerfile in different ways and both write their cache to ${place}: the later one leaves only its own layers there.`;
  const what = kind === 'platform' ? 'build for different platforms' : 'build different images';
  return `This build and ${who} ${what} and both write their cache to ${place}. The later one replaces the other’s, so the next run finds the wrong layers and builds the image anew.`;
}

function placeName({ type }: CacheExport, name: Template): string {
  if (type === 'registry') return `\`${display(name)}\``;
  return literal(name) === defaultScope ? 'the default scope `buildkit`' : `the scope \`${display(name)}\``;
}
