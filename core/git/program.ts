import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import type { RequestOptions } from './history.ts';

/** What a program left: its exit code (`undefined` where it was stopped or never ran) and its standard output. */
export interface Result {
  readonly code: number | undefined;
  readonly output: string;
}

const timeout = 10_000;
const mostOutput = 8 * 1024 * 1024;

// The clone's own configuration may name programs to run; each of these takes such a place away from it.
const safe = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'log.showSignature=false',
  'protocol.allow=never',
  'safe.bareRepository=explicit',
  'i18n.logOutputEncoding=UTF-8',
].flatMap(setting => ['-c', setting]);

/** Runs git on the clone at `folder` (bytes outside ASCII as `encoding` has them): no shell, no pager, no network, from the home folder, with none of the caller's GIT_ variables. */
export function runGit(
  git: string,
  folder: string,
  args: readonly string[],
  { signal }: RequestOptions = {},
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<Result> {
  const env: NodeJS.ProcessEnv = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  Object.assign(env, { GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' });
  const options = { cwd: homedir(), env, encoding, timeout, maxBuffer: mostOutput, windowsHide: true, ...(signal && { signal }) };
  return new Promise((resolve, reject) => {
    execFile(git, [...safe, '--no-pager', '-C', folder, ...args], options, (error, stdout) => {
      if (signal?.aborted) return reject(signal.reason);
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      resolve({ code, output: stdout });
    });
  });
}
