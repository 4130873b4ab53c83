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
}

/** What a thread says: how many files more it has done, at the end what it found. */
type Word = { readonly files: number } | { readonly part: Part };

/** Checks all groups; workspaces know nothing of each other, so many of them are checked on several threads. */
export async function checkGroups(results: Results, groups: readonly Group[], progress: Progress): Promise<void> {
  const files = groups.reduce((sum, group) => sum + group.files.length, 0);
  const threads = Math.min(availableParallelism(), mostThreads, groups.length, Math.floor(files / worthAThread));
  const [own = [], ...others] = threads < 2 ? [groups] : shares(groups, threads);
  const parts = others.map(share => elsewhere({ cwd: results.cwd, groups: share }, progress));
  for (const group of own) await checkGroup(results, group, { progress });
  for (const [index, part] of (await Promise.all(parts)).entries()) {
    if (part) results.include(part);
    else for (const group of others[index] ?? []) await checkGroup(results, group, { progress });
  }
}

/** The main thread's file is the worker's too. True where this is one: then it does its share and nothing else. */
export function isWorker(): boolean {
  if (isMainThread) return false;
  const { cwd, groups } = workerData as Work;
  const results = new Results(cwd);
  const say = (word: Word) => parentPort?.postMessage(word);
  void (async () => {
    for (const group of groups) {
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

/** As many shares of about equally many files; a repository stays whole. */
function shares(groups: readonly Group[], count: number): readonly (readonly Group[])[] {
  const made = Array.from({ length: count }, () => ({ files: 0, groups: [] as Group[] }));
  for (const group of [...groups].sort((a, b) => b.files.length - a.files.length)) {
    const least = made.reduce((a, b) => (b.files < a.files ? b : a));
    least.groups.push(group);
    least.files += group.files.length;
  }
  return made.map(share => share.groups);
}
