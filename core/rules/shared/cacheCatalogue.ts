import { literal, type Template } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import type { Step } from '../../workflow/model.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { type Cache, isBuildKit } from './cacheEntry.ts';
import { storeNames } from './cacheStores.ts';

/** One name under which a build of the workspace writes or reads a cache. */
export interface NamedCache {
  readonly path: string;
  readonly usage: Cache;
  readonly name: Template;
}

class Side {
  readonly #byType = new Map<string, NamedCache[]>();
  readonly #known = new Map<string, NamedCache[]>();
  readonly #open = new Map<string, NamedCache[]>();

  add(cache: NamedCache): void {
    const { type } = cache.usage;
    push(this.#byType, type, cache);
    const written = literal(cache.name);
    if (written === undefined) push(this.#open, type, cache);
    else push(this.#known, `${type} ${tagged(type, written)}`, cache);
  }

  all(type: string): readonly NamedCache[] {
    return this.#byType.get(type) ?? [];
  }

  /** Those that may have a name: the same text, or one that is not known in full. */
  of(type: string, name: Template): readonly NamedCache[] {
    const written = literal(name);
    if (written === undefined) return this.all(type);
    return [...(this.#known.get(`${type} ${tagged(type, written)}`) ?? []), ...(this.#open.get(type) ?? [])];
  }
}

/** A reference in the one form that its others stand for, as far as that is plain to see. */
function tagged(type: string, name: string): string {
  if (type !== 'registry') return name;
  const plain = name
    .toLowerCase()
    .replace(/^(?:index\.)?docker\.io\//, '')
    .replace(/^library\//, '');
  return plain.lastIndexOf(':') > plain.lastIndexOf('/') ? plain : `${plain}:latest`;
}

function push(map: Map<string, NamedCache[]>, key: string, cache: NamedCache): void {
  const list = map.get(key);
  if (list) list.push(cache);
  else map.set(key, [cache]);
}

/** Every cache that the workspace's builds write and read. */
export interface CacheCatalogue {
  readonly exports: Pick<Side, 'all' | 'of'>;
  readonly imports: Pick<Side, 'all' | 'of'>;
  /** A build writes or reads a cache that nobody can name. */
  readonly someExportsUnknown: boolean;
  readonly someImportsUnknown: boolean;
}

const catalogues = new WeakMap<object, CacheCatalogue>();

export function cacheCatalogue(workspace: Workspace): CacheCatalogue {
  // The list is made anew whenever a file changes.
  const version = workspace.flow.caches;
  const known = catalogues.get(version);
  if (known) return known;
  const [exports, imports] = [new Side(), new Side()];
  // A called workflow that is not here may use any; other things that are not understood seldom do.
  const opaque = workspace.flow.opaque.some(({ usage }) => usage.what === 'workflow');
  const unknown = { cacheExport: opaque, cacheImport: opaque };
  for (const path of workspace.paths()) {
    const file = workspace.usage(path);
    if (!file) continue;
    for (const usage of file.sequence) {
      if ((usage.kind !== 'cacheExport' && usage.kind !== 'cacheImport') || !isBuildKit(usage, file)) continue;
      const names = storeNames(usage);
      for (const name of names) (usage.kind === 'cacheExport' ? exports : imports).add({ path, usage, name });
      if (names.length === 0 && (usage.type === 'gha' || usage.type === 'registry')) unknown[usage.kind] = true;
    }
    for (const kind of ['cacheExport', 'cacheImport'] as const) unknown[kind] ||= hasUnread(file, kind);
  }
  const catalogue = { exports, imports, someExportsUnknown: unknown.cacheExport, someImportsUnknown: unknown.cacheImport };
  catalogues.set(version, catalogue);
  return catalogue;
}

/** An input or a flag for caches of which nothing is known: an expression makes all of it. */
function hasUnread(file: WorkflowUsage, kind: Cache['kind']): boolean {
  const input = kind === 'cacheExport' ? 'cache-to' : 'cache-from';
  const read = new Map<Step, number>();
  for (const usage of file.sequence) if (usage.kind === kind) read.set(usage.step, (read.get(usage.step) ?? 0) + 1);
  return file.workflow.jobs.some(({ steps }) =>
    steps.some(step => {
      const written = step.with?.entries.get(input)?.value.value ?? step.run?.value ?? step.with?.entries.get('set')?.value.value ?? '';
      const asked = step.with?.entries.has(input) ? written.trim() !== '' : written.includes(input);
      return asked && !read.has(step);
    }),
  );
}
