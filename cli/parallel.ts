import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { checkGroup } from './checkGroup.ts';
import type { Group } from './discover.ts';
import type { Progress } from './progress.ts';
import { type Part, Results } from './results.ts';

/** Another thread needs as long to start as this many files take. */
const worthAThread = 150;

/** Each thread loads the program anew and holds the files of its share. */
const mostThreads = 4;

interface Work {
  readonly cwd: string;
  readonly groups: readonly Group[];
  readonly thread: number;
  readonly claims: Claims;
}

/** Memory that all threads share. */
interface Claims {
  /** The first group that nobody took yet. */
  readonly next: Int32Array<SharedArrayBuffer>;
  /** The thread that took each group. */
  readonly takers: Int32Array<SharedArrayBuffer>;
}

/** What a thread says: how many files more it has done, at the end what it found. */
type Word = { readonly files: number } | { readonly part: Part };

/** Checks all groups; workspaces know nothing of each other, so many of them are checked on several threads. */
export async function checkGroups(results: Results, groups: readonly Group[], progress: Progress): Promise<void> {
  const files = groups.reduce((sum, group) => sum + group.files.length, 0);
  const threads = Math.min(availableParallelism(), mostThreads, groups.length, Math.floor(files / worthAThread));
  // The largest first, so that no thread is left with one when the others are done.
  const sorted = threads < 2 ? groups : [...groups].sort((a, b) => b.files.length - a.files.length);
  const shared = (count: number) => new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
  const claims = { next: shared(1), takers: shared(sorted.length) };
  const others = Array.from({ length: Math.max(threads, 1) - 1 }, (_, index) => index + 1);
  const parts = others.map(thread => elsewhere({ cwd: results.cwd, groups: sorted, thread, claims }, progress));
  for (const group of taken(sorted, claims, 0)) await checkGroup(results, group, { progress });
  for (const [index, part] of (await Promise.all(parts)).entries()) {
    if (part) results.include(part);
    else
      for (const [place, group] of sorted.entries())
        if (claims.takers[place] === others[index]) await checkGroup(results, group, { progress });
  }
}

/** The groups that one thread takes, each as soon as it is done with the one before. */
function* taken(groups: readonly Group[], { next, takers }: Claims, thread: number): Generator<Group> {
  for (;;) {
    const place = Atomics.add(next, 0, 1);
    const group = groups[place];
    if (!group) return;
    takers[place] = thread;
    yield group;
  }
}

/** The main thread's file is the worker's too. True where this is one: then it does its share and nothing else. */
export function isWorker(): boolean {
  if (isMainThread) return false;
  const { cwd, groups, thread, claims } = workerData as Work;
  const results = new Results(cwd);
  const say = (word: Word) => parentPort?.postMessage(word);
  void (async () => {
    for (const group of taken(groups, claims, thread)) {
      await checkGroup(results, group);
      say({ files: group.files.length });
    }
    say({ part: results.part() });
  })();
  return true;
}

/** What a thread found; `undefined` where it could not do its work, and this one has to. */
function elsewhere(work: Work, progress: Progress): Promise<Part | undefined> {
  return new Promise(resolve => {
    try {
      const worker = new Worker(join(__dirname, 'cli.js'), { workerData: work });
      worker.on('message', (word: Word) => {
        if ('part' in word) resolve(word.part);
        else progress.advance(word.files);
      });
      worker.once('error', () => resolve(undefined));
      worker.once('exit', () => resolve(undefined));
    } catch {
      resolve(undefined);
    }
  });
}
