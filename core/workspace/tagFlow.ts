import { match } from '../image/match.ts';
import { type ReferenceParts, referenceParts } from '../image/mobility.ts';
import { alternatives, type Template } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import type { Build, CacheExport, CacheImport, Deploy, Inspect, Item, Opaque, Pull, Push, Retag, Usage } from '../usage/usage.ts';

/** One form of a reference that something writes to a registry or reads from it. */
export interface TagUse<U extends Usage = Usage> {
  /** The file whose usage it is. */
  readonly path: string;
  readonly usage: U;
  readonly item: Item;
  /** Without choices. */
  readonly reference: Template;
  readonly parts: ReferenceParts;
}

export type TagWrite = TagUse<Build | Push | Retag>;
export type TagRead = TagUse<Deploy | Pull | Retag | Inspect>;
export type CacheUse = TagUse<CacheExport | CacheImport>;

/** Who writes and who reads each tag, over all files of a workspace. */
export interface TagFlow {
  readonly writes: readonly TagWrite[];
  readonly reads: readonly TagRead[];
  readonly caches: readonly CacheUse[];
  /** What may write tags that nobody can see. */
  readonly opaque: readonly { readonly path: string; readonly usage: Opaque }[];
  /** Writes to a repository that is, or may be, the one that `name` (a Template without choices, no tag) names. */
  writesTo(name: Template, certainty?: 'same' | 'maybe'): readonly TagWrite[];
  readsOf(name: Template, certainty?: 'same' | 'maybe'): readonly TagRead[];
}

/** Collects the uses of all files. */
export function tagFlow(files: readonly WorkflowUsage[]): TagFlow {
  const writes: TagWrite[] = [];
  const reads: TagRead[] = [];
  const caches: CacheUse[] = [];
  const opaque: { readonly path: string; readonly usage: Opaque }[] = [];
  for (const { workflow, usages } of files) {
    const { path } = workflow;
    for (const usage of usages) {
      if (usage.kind === 'opaque') opaque.push({ path, usage });
      writes.push(...tagWrites(path, usage));
      for (const item of read(usage)) reads.push(...uses(path, usage as Deploy | Pull | Retag | Inspect, item));
      if (usage.kind === 'cacheExport' || usage.kind === 'cacheImport') caches.push(...cacheUses(path, usage));
    }
  }
  const of = <T extends TagUse>(all: readonly T[], name: Template, certainty: 'same' | 'maybe') =>
    all.filter(({ parts }) => {
      const found = match(parts.name, name);
      return found === 'same' || (certainty === 'maybe' && found === 'maybe');
    });
  return {
    writes,
    reads,
    caches,
    opaque,
    writesTo: (name, certainty = 'same') => of(writes, name, certainty),
    readsOf: (name, certainty = 'same') => of(reads, name, certainty),
  };
}

/** The forms of the references that one usage writes to a registry. */
export function tagWrites(path: string, usage: Usage): readonly TagWrite[] {
  return written(usage).flatMap(item => uses(path, usage as Build | Push | Retag, item));
}

function written(usage: Usage): readonly Item[] {
  if (usage.kind === 'build') return usage.pushes === false || usage.byDigest ? [] : usage.tags;
  if (usage.kind === 'push') return [usage.reference];
  return usage.kind === 'retag' && usage.remote ? [usage.to] : [];
}

function read(usage: Usage): readonly Item[] {
  if (usage.kind === 'retag') return usage.remote ? [usage.from, ...(usage.others ?? [])] : [];
  return usage.kind === 'deploy' || usage.kind === 'pull' || usage.kind === 'inspect' ? [usage.reference] : [];
}

function uses<U extends Usage>(path: string, usage: U, item: Item): readonly TagUse<U>[] {
  return alternatives(item.template).map(reference => ({ path, usage, item, reference, parts: referenceParts(reference) }));
}

function cacheUses(path: string, usage: CacheExport | CacheImport): readonly CacheUse[] {
  const reference = usage.bare ? usage.attributes[0]?.value : usage.attributes.find(({ key }) => key.trim() === 'ref')?.value;
  return usage.type === 'registry' && reference ? uses(path, usage, { ...usage.entry, template: reference }) : [];
}
