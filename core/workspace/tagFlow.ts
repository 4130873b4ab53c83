import type { Template } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import type { Opaque, Usage } from '../usage/usage.ts';
import { imageBehind } from './lineage.ts';
import { NameIndex } from './nameIndex.ts';
import { type CacheUse, type FileUses, fileUses, type TagRead, type TagUse, type TagWrite } from './tagUses.ts';

export { type CacheUse, type TagRead, type TagUse, type TagWrite, tagWrites } from './tagUses.ts';

/**
 * Who writes and who reads each tag, over all files of a workspace. What a called file does is a use of its callers; the callee's own
 * are left out where only they start it.
 */
export interface TagFlow {
  readonly writes: readonly TagWrite[];
  readonly reads: readonly TagRead[];
  readonly caches: readonly CacheUse[];
  /** What may write tags that nobody can see; its `reason` says why. */
  readonly opaque: readonly { readonly path: string; readonly usage: Opaque }[];
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
  readonly #files = new Map<string, { readonly usage: WorkflowUsage; readonly uses: FileUses }>();
  readonly #writes = new NameIndex<TagWrite>();
  readonly #reads = new NameIndex<TagRead>();
  readonly #caches = new NameIndex<CacheUse>();
  #lists: FileUses | undefined;

  /** What a file does now; `undefined` for one that is gone or whose uses are its callers'. The same usage again changes nothing. */
  set(path: string, usage: WorkflowUsage | undefined): void {
    const before = this.#files.get(path);
    if (before?.usage === usage) return;
    this.#lists = undefined;
    for (const use of before?.uses.writes ?? []) this.#writes.delete(use);
    for (const use of before?.uses.reads ?? []) this.#reads.delete(use);
    for (const use of before?.uses.caches ?? []) this.#caches.delete(use);
    this.#files.delete(path);
    if (!usage) return;
    const uses = fileUses(usage);
    this.#files.set(path, { usage, uses });
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
    const file = this.#files.get(write.path);
    return file ? imageBehind(write, file.usage) : [];
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
  };
}

/** How two uses stand to each other, for `match`: one job, one run of a workflow, or only one repository. */
export function nearnessOf(a: TagUse, b: TagUse): 'job' | 'run' | 'repository' {
  if (a.path !== b.path) return 'repository';
  return a.usage.job === b.usage.job && a.usage.calledJob === b.usage.calledJob ? 'job' : 'run';
}
