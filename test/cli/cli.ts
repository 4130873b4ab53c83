import { spawn } from 'node:child_process';
import { built } from '../fakes/built.ts';

/** What a run of the command line left. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Given the process, while it runs. */
  readonly during?: (child: { kill(signal: NodeJS.Signals): void }) => void;
}

/** Runs dist/cli.js as a person's shell does, with no terminal and none of this machine's docker, proxy or ledger settings. */
export async function tallyman(args: readonly string[], { cwd, env = {}, during }: RunOptions = {}): Promise<Run> {
  const program = await built('cli');
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:.*_proxy|DOCKER_CONFIG|NODE_.*|XDG_.*|NO_COLOR|VITEST.*)$/i.test(name),
  );
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(inherited), DOCKER_CONFIG: '/nonexistent', ...env },
    ...(cwd !== undefined && { cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  during?.(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, stdout, stderr }));
  });
}
