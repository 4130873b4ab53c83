import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, pullRequest, type Step } from './commits.ts';
import { commitId, type Files, treeId } from './objects.ts';

/** A commit with its id and the whole tree it holds. */
export interface Commit {
  readonly sha: string;
  readonly parent?: Commit;
  readonly step: Step;
  readonly files: Files;
}

export interface History {
  /** `main`, oldest first. */
  readonly main: readonly Commit[];
  /** The head of the open pull request. */
  readonly pullRequest: Commit;
}

/** The example's history over the files of `source` (`demo/workspace`). The same files give the same commit ids on every machine. */
export function readHistory(source: string): History {
  const today = readFiles(source);
  const commits: Commit[] = [];
  for (const step of main) commits.push(commit(step, commits.at(-1), today));
  const from = commits.find(({ step }) => step.tag === pullRequest.from);
  return { main: commits, pullRequest: commit(pullRequest.step, from, today) };
}

function commit(step: Step, parent: Commit | undefined, today: Files): Commit {
  const files = new Map(parent?.files);
  for (const file of step.files) {
    const { path, as } = typeof file === 'string' ? { path: file, as: (text: string) => text } : file;
    files.set(path, as(today.get(path) ?? ''));
  }
  const { author, message } = step;
  const seconds = Date.parse(step.date) / 1000;
  const sha = commitId({ tree: treeId(files), author, seconds, message, ...(parent && { parent: parent.sha }) });
  return { sha, step, files, ...(parent && { parent }) };
}

/** Every file below a folder, with LF line ends so that a checkout on Windows gives the same commits. */
export function readFiles(folder: string, prefix = ''): Files {
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) for (const [inside, text] of readFiles(folder, path)) files.set(inside, text);
    else files.set(path, readFileSync(join(folder, path), 'utf8').replaceAll('\r\n', '\n'));
  }
  return files;
}
