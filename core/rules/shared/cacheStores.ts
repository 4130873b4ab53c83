import { alternatives, literal, render, type Template, text } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import type { Call } from '../../usage/call.ts';
import { callerEvent } from '../../usage/events.ts';
import type { Start } from '../../usage/starts.ts';
import type { Build, CacheExport } from '../../usage/usage.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { attributeOf, buildOf, type Cache, cacheReference, isBuildKit, mayHoldMore, meantAs } from './cacheEntry.ts';

/** One cache that a build writes, under one name. */
export interface StoredCache {
  readonly path: string;
  readonly usage: CacheExport;
  /** The call for which a called file does it. */
  readonly call?: Call;
  readonly build: Build;
  /** Without choices. */
  readonly name: Template;
}

/** BuildKit's scope where none is given. */
export const defaultScope = 'buildkit';

/** The names under which a cache is kept: the scope in GitHub's cache, the reference in a registry. Empty where that cannot be known. */
export function storeNames(cache: Cache): readonly Template[] {
  if (mayHoldMore(cache)) return [];
  if (cache.type === 'registry') return alternatives(cacheReference(cache)).filter(form => form.length > 0);
  if (cache.type !== 'gha' || attributeOf(cache, 'url') || attributeOf(cache, 'repository')) return [];
  const scope = attributeOf(cache, 'scope');
  if (scope) return scope.value.length > 0 ? alternatives(scope.value) : [];
  // A misspelt `scope` is another rule's finding.
  return meantAs(cache, 'scope') ? [] : [text(defaultScope, cache.entry.span)];
}

const indexes = new WeakMap<object, ReadonlyMap<string, readonly StoredCache[]>>();

/** All caches of the workspace that one name may stand for, in the order of paths and places. */
export function storedUnder(workspace: Workspace, type: string, name: Template): readonly StoredCache[] {
  // The list is made anew whenever a file changes.
  const version = workspace.flow.caches;
  let index = indexes.get(version);
  if (!index) {
    index = collect(workspace);
    indexes.set(version, index);
  }
  return index.get(storeKey(type, name)) ?? [];
}

function collect(workspace: Workspace): ReadonlyMap<string, readonly StoredCache[]> {
  const index = new Map<string, StoredCache[]>();
  for (const path of [...workspace.paths()].sort()) {
    for (const file of workspace.usages(path)) for (const stored of storedBy(file, path)) add(index, stored);
  }
  return index;
}

/** The caches that a file writes in one way in which it runs. */
function storedBy(file: WorkflowUsage, path: string): readonly StoredCache[] {
  const call = file.call && { call: file.call };
  return file.usages.flatMap(usage => {
    if (usage.kind !== 'cacheExport' || !isBuildKit(usage, file) || (call && usage.events.length === 0)) return [];
    const build = buildOf(usage, file);
    return build ? storeNames(usage).map(name => ({ path, usage, build, name, ...call })) : [];
  });
}

function add(index: Map<string, StoredCache[]>, stored: StoredCache): void {
  const key = storeKey(stored.usage.type, stored.name);
  const others = index.get(key);
  if (others) others.push(stored);
  else index.set(key, [stored]);
}

function storeKey(type: string, name: Template): string {
  return `${type} ${literal(name) ?? render(name, ({ source }) => `\u0001${source}\u0001`)}`;
}

/** Whether runs of both may stand on one branch, tag or pull request, which is what GitHub keeps its caches by. */
export function mayShareRef(a: StoredCache, b: StoredCache): boolean {
  return a.usage.starts.some(one =>
    b.usage.starts.some(other => one === other || (one.event !== callerEvent && other.event !== callerEvent && meet(one, other))),
  );
}

function meet(a: Start, b: Start): boolean {
  if (a.on !== b.on || a.seldom || b.seldom) return false;
  const [left, right] = [literalNames(a), literalNames(b)];
  return !left || !right || left.some(name => right.includes(name));
}

/** The branches or tags of a filter; `undefined` where it has patterns, or there is none. */
function literalNames({ names }: Start): readonly string[] | undefined {
  return names?.every(name => /^[\w./-]+$/.test(name)) ? names : undefined;
}
