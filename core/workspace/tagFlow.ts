import type { Nearness } from '../image/match.ts';
import type { Template } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { besides } from '../usage/order.ts';
import type { Opaque, RepositorySettings, Usage } from '../usage/usage.ts';
import type { Job } from '../workflow/model.ts';
import { imageBehind } from './lineage.ts';
import { NameIndex } from './nameIndex.ts';
import { type CacheUse, type FileUses, fileUses, type TagRead, type TagUse, type TagWrite } from './tagUses.ts';

export { type CacheUse, type TagRead, type TagUse, type TagWrite, tagWrites } from './tagUses.ts';

/** More pushes than a repository gets from workflows: what would be compared with each of them counts as unknown. */
export const maxCompared = 300;

/**
 * Who writes and who reads each tag, over all files of a workspace. What a called workflow or action of the workspace does is its own
 * use, once for each different call (`call`); what a called script or a file of a checkout does is its caller's.
 */
export interface TagFlow {
  readonly writes: readonly TagWrite[];
  readonly reads: readonly TagRead[];
  readonly caches: readonly CacheUse[];
  /** What may write tags that nobody can see; its `reason` says why. */
  readonly opaque: readonly { readonly path: string; readonly usage: Opaque }[];
  /** What workflows set on repositories. */
  readonly settings: readonly { readonly path: string; readonly usage: RepositorySettings }[];
  /**
   * Writes to a repository that is, or may be, the one that `name` (a Template without choices, no tag) names, as `matchNames` decides.
   * With `from`, the path of the file in which the name stands, steps and inputs of that file count as the same repository too.
   */
  writesTo(name: Template, certainty?: 'same' | 'maybe', from?: string): readonly TagWrite[];
  readsOf(name: Template, certainty?: 'same' | 'maybe', from?: string): readonly TagRead[];
  /** Cache exports and imports at such a repository. */
  cachesAt(name: Template, certainty?: 'same' | 'maybe', from?: string): readonly CacheUse[];
  /** Where a written image comes from in its job, the nearest first: retags back to the build or pull; empty where that is not known. */
  origin(write: TagWrite): readonly Usage[];
}

/** The tag flow that is kept up to date file by file: a change costs as much as its file. */
export class WorkspaceFlow implements TagFlow {
  readonly #files = new Map<string, { readonly usages: readonly WorkflowUsage[]; readonly uses: FileUses }>();
  readonly #writes = new NameIndex<TagWrite>();
  readonly #reads = new NameIndex<TagRead>();
  readonly #caches = new NameIndex<CacheUse>();
  readonly #isHeld: (path: string) => boolean;
  #lists: FileUses | undefined;
  /** A write is of one way in which its file runs, and goes with it. */
  readonly #origins = new WeakMap<TagWrite, readonly Usage[]>();

  /** `isHeld` tells whether a called file speaks for itself, as one of the workspace. */
  constructor(isHeld: (path: string) => boolean) {
    this.#isHeld = isHeld;
  }

  /** What a file does now in each way in which it runs; nothing for one that is gone. */
  set(path: string, usages: readonly WorkflowUsage[]): void {
    this.#lists = undefined;
    const before = this.#files.get(path)?.uses;
    for (const use of before?.writes ?? []) this.#writes.delete(use);
    for (const use of before?.reads ?? []) this.#reads.delete(use);
    for (const use of before?.caches ?? []) this.#caches.delete(use);
    this.#files.delete(path);
    if (usages.length === 0) return;
    const uses = together(usages.map(usage => fileUses(usage, this.#isHeld)));
    this.#files.set(path, { usages, uses });
    for (const use of uses.writes) this.#writes.add(use);
    for (const use of uses.reads) this.#reads.add(use);
    for (const use of uses.caches) this.#caches.add(use);
  }

  get writes(): readonly TagWrite[] {
    return this.#all.writes;
  }

  get reads(): readonly TagRead[] {
    return this.#all.reads;
  }

  get caches(): readonly CacheUse[] {
    return this.#all.caches;
  }

  get opaque(): FileUses['opaque'] {
    return this.#all.opaque;
  }

  get settings(): FileUses['settings'] {
    return this.#all.settings;
  }

  /** How many names are held. */
  get size(): number {
    return this.#writes.size + this.#reads.size + this.#caches.size;
  }

  writesTo(name: Template, certainty: 'same' | 'maybe' = 'same', from?: string): readonly TagWrite[] {
    return this.#writes.find(name, certainty, from);
  }

  readsOf(name: Template, certainty: 'same' | 'maybe' = 'same', from?: string): readonly TagRead[] {
    return this.#reads.find(name, certainty, from);
  }

  cachesAt(name: Template, certainty: 'same' | 'maybe' = 'same', from?: string): readonly CacheUse[] {
    return this.#caches.find(name, certainty, from);
  }

  origin(write: TagWrite): readonly Usage[] {
    const known = this.#origins.get(write);
    if (known) return known;
    const usage = this.#files.get(write.path)?.usages.find(file => besides(file, write.usage).includes(write.usage));
    const found = usage && imageBehind(write, usage);
    if (found) this.#origins.set(write, found);
    return found ?? [];
  }

  get #all(): FileUses {
    this.#lists ??= together([...this.#files.values()].map(({ uses }) => uses));
    return this.#lists;
  }
}

function together(files: readonly FileUses[]): FileUses {
  return {
    writes: files.flatMap(({ writes }) => writes),
    reads: files.flatMap(({ reads }) => reads),
    caches: files.flatMap(({ caches }) => caches),
    opaque: files.flatMap(({ opaque }) => opaque),
    settings: files.flatMap(({ settings }) => settings),
  };
}

/** How two uses stand to each other, for `match`: one job, one run of a workflow, or only one repository. */
export function nearnessOf(a: Pick<TagUse, 'path' | 'usage' | 'call'>, b: Pick<TagUse, 'path' | 'usage' | 'call'>): Nearness {
  const [left, right] = [runOf(a), runOf(b)];
  if (left.workflow !== right.workflow) return 'repository';
  if (a.call || b.call) return left.job === right.job && a.usage.job === b.usage.job ? 'job' : 'run';
  return a.usage.job === b.usage.job && a.usage.calledJob === b.usage.calledJob ? 'job' : 'run';
}

/** The outermost workflow in whose run it happens, and the job there. */
function runOf({ path, usage, call }: Pick<TagUse, 'path' | 'usage' | 'call'>): { readonly workflow: string; readonly job: Job } {
  let outer = call;
  while (outer?.outer) outer = outer.outer;
  return outer ? { workflow: outer.caller.path, job: outer.job } : { workflow: path, job: usage.job };
}
