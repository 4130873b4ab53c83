import { matchNames } from '../image/match.ts';
import { type ReferenceParts, referenceParts } from '../image/mobility.ts';
import { alternatives, derived, hole, type Template } from '../image/template.ts';
import type { Place } from '../text/span.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { besides } from '../usage/order.ts';
import type { Build, CacheExport, CacheImport, Deploy, Inspect, Item, Opaque, Pull, Push, Retag, Usage } from '../usage/usage.ts';

/** One form of a reference that something writes to a registry or reads from it. */
export interface TagUse<U extends Usage = Usage> {
  /** The file whose usage it is. */
  readonly path: string;
  readonly usage: U;
  readonly item: Item;
  /** Where it is written: in another file than `path` for what a called file does. */
  readonly place: Place;
  /** Without choices. */
  readonly reference: Template;
  readonly parts: ReferenceParts;
}

export type TagWrite = TagUse<Build | Push | Retag>;
export type TagRead = TagUse<Deploy | Pull | Retag | Inspect>;
export type CacheUse = TagUse<CacheExport | CacheImport>;

/** What one file does with the tags of registries. */
export interface FileUses {
  readonly writes: readonly TagWrite[];
  readonly reads: readonly TagRead[];
  readonly caches: readonly CacheUse[];
  readonly opaque: readonly { readonly path: string; readonly usage: Opaque }[];
}

/** Collects the uses of a file, those of what it calls included. */
export function fileUses(file: WorkflowUsage): FileUses {
  const { path } = file.workflow;
  return {
    writes: file.sequence.flatMap(usage => tagWrites(path, usage, file)),
    reads: file.sequence.flatMap(usage => read(usage).flatMap(item => uses(path, usage as Deploy | Pull | Retag | Inspect, item))),
    caches: file.sequence.flatMap(usage => (usage.kind === 'cacheExport' || usage.kind === 'cacheImport' ? cacheUses(path, usage) : [])),
    opaque: file.sequence.flatMap(usage => (usage.kind === 'opaque' ? [{ path, usage }] : [])),
  };
}

/** The forms of the references that one usage writes to a registry; with the file it is of, also the tags that `--all-tags` stands for. */
export function tagWrites(path: string, usage: Usage, file?: WorkflowUsage): readonly TagWrite[] {
  return written(usage, file).flatMap(item => uses(path, usage as Build | Push | Retag, item));
}

function written(usage: Usage, file: WorkflowUsage | undefined): readonly Item[] {
  if (usage.kind === 'build') return usage.pushes === false || usage.byDigest ? [] : usage.tags;
  if (usage.kind === 'push') return usage.allTags && file ? localTags(usage, file) : [usage.reference];
  return usage.kind === 'retag' && usage.remote ? [usage.to] : [];
}

/** `docker push --all-tags NAME`: each tag that the name was given in the job, and where none is known, any. */
function localTags(push: Push, file: WorkflowUsage): readonly Item[] {
  const { template: name, span } = push.reference;
  const given = besides(file, push)
    .flatMap((usage): readonly Item[] => (usage.kind === 'build' ? usage.tags : usage.kind === 'retag' ? [usage.to] : []))
    .flatMap(({ template }) => alternatives(template))
    .filter(template => matchNames(referenceParts(template).name, name, 'job') === 'same');
  const any = [...name, ...derived(':', span), ...hole('docker push --all-tags', 'unknown', span)];
  return (given.length > 0 ? given : [any]).map(template => ({ template, span }));
}

function read(usage: Usage): readonly Item[] {
  if (usage.kind === 'retag') return usage.remote ? [usage.from, ...(usage.others ?? [])] : [];
  return usage.kind === 'deploy' || usage.kind === 'pull' || usage.kind === 'inspect' ? [usage.reference] : [];
}

function uses<U extends Usage>(path: string, usage: U, item: Item): readonly TagUse<U>[] {
  const place = usage.within ?? { path, span: item.span };
  return alternatives(item.template).map(reference => ({ path, usage, item, place, reference, parts: referenceParts(reference) }));
}

function cacheUses(path: string, usage: CacheExport | CacheImport): readonly CacheUse[] {
  const reference = usage.bare ? usage.attributes[0]?.value : usage.attributes.find(({ key }) => key.trim() === 'ref')?.value;
  return usage.type === 'registry' && reference ? uses(path, usage, { ...usage.entry, template: reference }) : [];
}
