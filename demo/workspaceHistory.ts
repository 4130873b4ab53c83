import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pullRequest } from './history/commits.ts';
import type { Commit, History } from './history/history.ts';
import { signature } from './history/objects.ts';

/** Whose folder this is: only a folder with this file is cleared at the next start. */
const marker = '.git/tallyman-demo';
const markerWithoutGit = '.tallyman-demo';

/**
 * Lays the example workspace out in `folder` as a git repository with its whole history, `origin/main` and tags. A folder left
 * from last time is cleared first; any other folder that holds something throws. Answers a sentence for people where there is
 * no git, and the files then stand there without a history.
 */
export function materialise(history: History, folder: string): string | undefined {
  clear(folder);
  const head = history.main.at(-1);
  if (!head) throw new Error('The example has no commits.');
  if (git(folder, ['--version']).error) {
    for (const [path, text] of head.files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    writeFileSync(join(folder, markerWithoutGit), '');
    return 'git was not found, so the example workspace has no history: promotions show no commits between two images.';
  }
  run(folder, ['init', '--quiet', '--template=']);
  run(folder, ['config', 'core.autocrlf', 'false']);
  writeFileSync(join(folder, marker), '');
  run(folder, ['symbolic-ref', 'HEAD', 'refs/heads/main']);
  run(folder, ['fast-import', '--quiet', '--date-format=raw'], importStream(history));
  run(folder, ['reset', '--quiet', '--hard', 'main']);
  run(folder, ['remote', 'add', 'origin', 'https://github.com/acme/shop.git']);
  run(folder, ['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']);
  return undefined;
}

/** The input of `git fast-import`: one process, and no setting of the user's has a say in what the commits are. */
function importStream({ main, pullRequest: proposal }: History): string {
  const mark = new Map([...main, proposal].map((commit, index) => [commit.sha, index + 1]));
  const lines: string[] = [];
  const write = (commit: Commit, ref: string) => {
    const who = signature(commit.step.author, Date.parse(commit.step.date) / 1000);
    lines.push(`commit ${ref}`, `mark :${mark.get(commit.sha)}`, `author ${who}`, `committer ${who}`, data(`${commit.step.message}\n`));
    if (commit.parent) lines.push(`from :${mark.get(commit.parent.sha)}`);
    for (const [path, text] of commit.files) {
      if (commit.parent?.files.get(path) !== text) lines.push(`M 100644 inline ${path}`, data(text));
    }
    lines.push('');
    if (commit.step.tag) lines.push(`reset refs/tags/${commit.step.tag}`, `from :${mark.get(commit.sha)}`, '');
  };
  for (const commit of main) write(commit, 'refs/heads/main');
  write(proposal, `refs/heads/${pullRequest.branch}`);
  const head = main.at(-1);
  if (head) lines.push('reset refs/remotes/origin/main', `from :${mark.get(head.sha)}`, '');
  lines.push(`reset refs/remotes/origin/${pullRequest.branch}`, `from :${mark.get(proposal.sha)}`, '', 'done', '');
  return lines.join('\n');
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}

function clear(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const entries = readdirSync(folder);
  if (entries.length === 0) return;
  if (!existsSync(join(folder, marker)) && !existsSync(join(folder, markerWithoutGit))) {
    throw new Error(`${folder} is not empty and was not made by the demo. Choose an empty folder.`);
  }
  for (const entry of entries) rmSync(join(folder, entry), { recursive: true, force: true });
}

function run(folder: string, args: readonly string[], input?: string): void {
  const { status, stderr, error } = git(folder, args, input);
  if (error || status !== 0) throw new Error(`git ${args[0]} failed in ${folder}: ${stderr.trim() || error?.message}`, { cause: error });
}

/** git with none of the user's or the machine's settings, and no terminal to ask on. */
function git(folder: string, args: readonly string[], input = ''): SpawnSyncReturns<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CEILING_DIRECTORIES: dirname(folder),
  };
  return spawnSync('git', [...args], { cwd: folder, env, input, encoding: 'utf8', windowsHide: true });
}
