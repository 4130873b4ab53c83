import { matchNames } from '../image/match.ts';
import { type ReferenceParts, referenceParts } from '../image/mobility.ts';
import { alternatives, derived, hole, type Template } from '../image/template.ts';
import type { Place } from '../text/span.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import type { Call } from '../usage/call.ts';
import { besides } from '../usage/order.ts';
import type {
  Build,
  CacheExport,
  CacheImport,
  Deploy,
  Inspect,
  Item,
  Opaque,
  Pull,
  Push,
  RepositorySettings,
  Retag,
  Usage,
} from '../usage/usage.ts';

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
  /** The call for which a called file does it. */
  readonly call?: Call;
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
  readonly settings: readonly { readonly path: string; readonly usage: RepositorySettings }[];
}

/** Collects the uses of a file in one way in which it runs; what it calls speaks for itself where `isHeld`. */
export function fileUses(file: WorkflowUsage, isHeld: (path: string) => boolean): FileUses {
  const { path } = file.workflow;
  const own = file.sequence.filter(
    ({ through, starts }) => (through === undefined || !isHeld(through)) && (file.call === undefined || starts.length > 0),
  );
  return {
    writes: own.flatMap(usage => tagWrites(path, usage, file)),
    reads: own.flatMap(usage => read(usage).flatMap(item => uses(path, usage as Deploy | Pull | Retag | Inspect, item, file))),
    caches: own.flatMap(usage => (usage.kind === 'cacheExport' || usage.kind === 'cacheImport' ? cacheUses(path, usage, file) : [])),
    opaque: own.flatMap(usage => (usage.kind === 'opaque' ? [{ path, usage }] : [])),
    settings: own.flatMap(usage => (usage.kind === 'repositorySettings' ? [{ path, usage }] : [])),
  };
}

/** The forms of the references that one usage writes to a registry; with the file it is of, also the tags that `--all-tags` stands for. */
export function tagWrites(path: string, usage: Usage, file?: WorkflowUsage): readonly TagWrite[] {
  return written(usage, file).flatMap(item => uses(path, usage as Build | Push | Retag, item, file));
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

function uses<U extends Usage>(path: string, usage: U, item: Item, file: WorkflowUsage | undefined): readonly TagUse<U>[] {
  const place = usage.within ?? { path, span: item.span };
  const call = file?.call && { call: file.call };
  return alternatives(item.template).map(reference => ({ path, usage, item, place, reference, parts: referenceParts(reference), ...call }));
}

function cacheUses(path: string, usage: CacheExport | CacheImport, file: WorkflowUsage): readonly CacheUse[] {
  const reference = usage.bare ? usage.attributes[0]?.value : usage.attributes.find(({ key }) => key.trim() === 'ref')?.value;
  return usage.type === 'registry' && reference ? uses(path, usage, { ...usage.entry, template: reference }, file) : [];
}
