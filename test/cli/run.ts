import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { built } from '../fakes/built.ts';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs dist/cli.js as people do, with its output piped, and waits for its end. */
export async function run(args: readonly string[], { cwd, input, env = {} }: RunOptions): Promise<Run> {
  const child = spawn(process.execPath, [await built('cli'), ...args], { cwd, env: { ...process.env, NO_COLOR: '', ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined).end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
