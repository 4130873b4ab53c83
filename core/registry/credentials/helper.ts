import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { findProgram } from '../../program/find.ts';
import { asRecord, parseJson } from '../manifest.ts';
import { serverWords } from '../redact.ts';
import type { Credentials, RequestOptions } from '../registry.ts';
import type { Step } from './chain.ts';

export interface HelperSettings {
  /** Folders that must not bring the helper: those of the workspace. */
  readonly outside: () => readonly string[];
  /** False in an untrusted workspace, where no helper runs; asked each time. */
  readonly mayRun?: () => boolean;
  readonly environment?: NodeJS.ProcessEnv;
  /** Milliseconds; 10,000 where absent. */
  readonly timeout?: number;
}

type Outcome = { readonly code: number | undefined; readonly output: Buffer } | 'timed out' | 'says too much' | 'cannot be run';

const defaultTimeout = 10_000;
const mostOutput = 1024 * 1024;

/**
 * Asks `docker-credential-<name>` for the first of `servers` that it knows: `get`, the server on standard input, JSON on standard output
 * (github.com/docker/docker-credential-helpers, client/client.go). Run by absolute path, without a shell, from the home folder.
 */
export async function askHelper(
  name: string,
  servers: readonly string[],
  settings: HelperSettings,
  options: RequestOptions,
): Promise<Step> {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return { place: "docker's credential helper", result: 'its name in config.json is not allowed' };
  const place = `docker-credential-${name}`;
  if (settings.mayRun?.() === false) return { place, result: 'not run until this workspace is trusted' };
  const { environment = process.env, timeout = defaultTimeout } = settings;
  const program = await findProgram(place, { outside: settings.outside(), environment });
  if (program === undefined) return { place, result: 'not on the PATH' };
  for (const server of servers) {
    const outcome = await run(program, server, environment, timeout, options.signal);
    options.signal?.throwIfAborted();
    if (typeof outcome === 'string') return { place, result: outcome };
    const credentials = outcome.code === 0 ? parseAnswer(outcome.output) : undefined;
    if (credentials) return { place, result: 'found', credentials };
    const words = troubleOf(outcome.code, outcome.output);
    if (words !== undefined) return { place, result: words };
  }
  return { place, result: 'none' };
}

/** What an answer without credentials means; `undefined` where the helper only knows none for this server. */
function troubleOf(code: number | undefined, output: Buffer): string | undefined {
  if (code === 0) return asRecord(parseJson(output)) ? undefined : 'answers with no credentials';
  // By protocol its one line of output is the error. JSON may be credentials, so it is never repeated.
  const said = output.toString('utf8').trim();
  if (/credentials not found/i.test(said) || /^no credentials (?:server URL|username)/i.test(said)) return undefined;
  const line = said.split(/\r?\n/)[0] ?? '';
  return line === '' || /[{}"]/.test(line) ? `failed (exit code ${code ?? 'unknown'})` : `failed: ${serverWords(line, [])}`;
}

function parseAnswer(output: Buffer): Credentials | undefined {
  const answer = asRecord(parseJson(output));
  const username = answer?.['Username'];
  const secret = answer?.['Secret'];
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return undefined;
  return username === '<token>' ? { kind: 'identityToken', token: secret } : { kind: 'basic', username, password: secret };
}

function run(program: string, server: string, env: NodeJS.ProcessEnv, timeout: number, signal?: AbortSignal): Promise<Outcome> {
  return new Promise(resolve => {
    // A group of its own, so that what the helper started ends with it.
    const group = process.platform !== 'win32';
    const child = spawn(program, ['get'], { cwd: homedir(), env, stdio: ['pipe', 'pipe', 'ignore'], detached: group, windowsHide: true });
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (outcome: Outcome, kill = false) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (kill) killed(child.pid, group);
      child.stdout.destroy();
      resolve(outcome);
    };
    const stop = () => end('timed out', true);
    const timer = setTimeout(stop, timeout);
    signal?.addEventListener('abort', stop, { once: true });
    child.once('error', () => end('cannot be run'));
    child.once('close', code => end({ code: code ?? undefined, output: Buffer.concat(chunks) }));
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostOutput) end('says too much', true);
      else chunks.push(chunk);
    });
    // It may end without reading what it is asked.
    child.stdin.on('error', () => undefined).end(`${server}\n`);
  });
}

function killed(pid: number | undefined, group: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(group ? -pid : pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
