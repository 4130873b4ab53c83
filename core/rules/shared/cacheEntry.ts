import { isLinear } from '../../image/split.ts';
import { literal, type Part, type Template } from '../../image/template.ts';
import { nearest } from '../../text/nearest.ts';
import type { Edit, Span } from '../../text/span.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import type { Attribute, Build, CacheExport, CacheImport, Item, Usage } from '../../usage/usage.ts';
import { cacheKeys } from './cacheOptions.ts';
import { commonStations } from './origin.ts';

export { placeOf } from './origin.ts';

/** One `type=registry,ref=…` of a `cache-to` or `cache-from`. */
export type Cache = CacheExport | CacheImport;

/** The attribute that BuildKit takes for `name`: it lower-cases keys, and does not know one that begins with a space. */
export function attributeOf({ attributes }: Cache, name: string): Attribute | undefined {
  return attributes.find(({ key }) => key.toLowerCase() === name);
}

/** The attribute that its author meant as `name`: with a space before it or misspelt, BuildKit ignores it. */
export function meantAs(cache: Cache, name: string): Attribute | undefined {
  return attributeOf(cache, name) ?? cache.attributes.find(({ key }) => key !== '' && intended(cache.type, key) === name);
}

/** The key that was meant: without spaces, or the nearest that some backend has. */
export function intended(type: string, key: string): string | undefined {
  const trimmed = key.trim().toLowerCase();
  const known = cacheKeys(type);
  return known.has(trimmed) ? trimmed : nearest(trimmed, known);
}

/** An expression stands in the place of attributes: what is not written may be set all the same. */
export function mayHoldMore({ attributes, bare }: Cache): boolean {
  return !bare && attributes.some(({ key, value }) => key === '' && literal(value) === undefined);
}

/** Go's strconv.ParseBool, which BuildKit reads booleans with. `undefined` where the value is unknown. */
export function readBoolean(value: Template): boolean | 'invalid' | undefined {
  const written = literal(value);
  if (written === undefined) return undefined;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(written)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(written) ? false : 'invalid';
}

/** What a registry cache is called; empty where it has no `ref`. */
export function cacheReference(cache: Cache): Template {
  return (cache.bare ? cache.attributes[0]?.value : cache.attributes.find(({ key }) => key.trim() === 'ref')?.value) ?? [];
}

/**
 * Where the characters of an entry's part stand in the file; `undefined` where they do not, or where they came to the entry from a
 * place of their own (a matrix value, a variable) that others may use too.
 */
export function writtenAt(part: Part | undefined, entry: Item, path: string): Span | undefined {
  if (part?.kind !== 'text') return undefined;
  if (isLinear(part)) return part.at;
  const [origin] = part.via;
  const exact = origin && !part.derived && origin.path === path && origin.span.end - origin.span.start === part.text.length;
  return exact && part.via.length === commonStations(entry.template, path).length ? origin.span : undefined;
}

/** The edit that sets further attributes, wherever the entry is written as plain text in this file. */
export function addAttributes(cache: Cache, added: readonly string[], path: string): Edit | undefined {
  const { template } = cache.entry;
  if (cache.bare) {
    const [first] = template;
    const at = writtenAt(first, cache.entry, path);
    return at && { span: { start: at.start, end: at.start }, text: `type=registry,${added.join(',')},ref=` };
  }
  const type = cache.attributes.find(({ key }) => key.trim() === 'type')?.value[0];
  for (const part of [template.at(-1), type]) {
    const at = writtenAt(part, cache.entry, path);
    if (at) return { span: { start: at.end, end: at.end }, text: `,${added.join(',')}` };
  }
  return undefined;
}

const links = new WeakMap<WorkflowUsage, Links>();

interface Links {
  readonly builds: ReadonlyMap<Usage, Build>;
  readonly caches: ReadonlyMap<Usage, readonly CacheExport[]>;
}

/** The build that an entry belongs to: the last one before it in its step. */
export function buildOf(cache: Cache, usage: WorkflowUsage): Build | undefined {
  return linksOf(usage).builds.get(cache);
}

/** kaniko, podman and buildah keep one image a layer under its hash: nothing there is replaced, and no option of BuildKit's is read. */
export function isBuildKit(cache: Cache, usage: WorkflowUsage): boolean {
  return !/kaniko|podman|buildah/.test(buildOf(cache, usage)?.tool ?? '');
}

/** Where a build writes its cache. */
export function cachesOf(build: Build, usage: WorkflowUsage): readonly CacheExport[] {
  return linksOf(usage).caches.get(build) ?? [];
}

function linksOf(usage: WorkflowUsage): Links {
  const known = links.get(usage);
  if (known) return known;
  const builds = new Map<Usage, Build>();
  const caches = new Map<Usage, CacheExport[]>();
  for (const list of [usage.usages, usage.called]) {
    let last: Build | undefined;
    for (const use of list) {
      if (use.kind === 'build') last = use;
      else if ((use.kind === 'cacheExport' || use.kind === 'cacheImport') && last?.step === use.step) {
        builds.set(use, last);
        if (use.kind === 'cacheExport') caches.set(last, [...(caches.get(last) ?? []), use]);
      }
    }
  }
  const found = { builds, caches };
  links.set(usage, found);
  return found;
}
