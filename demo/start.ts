import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readHistory } from './history/history.ts';
import { writeLocalWorkflow } from './localWorkflow.ts';
import { type RunningRegistry, startRegistry } from './registry/registry.ts';
import { seed } from './seed.ts';
import { materialise } from './workspaceHistory.ts';

export interface DemoOptions {
  /** 5005 where it is left out; 0 takes a free one. */
  readonly port?: number;
  /** Where the example workspace is made: a folder that is not there, is empty, or holds the example from last time. */
  readonly folder: string;
  /** `demo/workspace` of the repository; looked for above this program and the current folder where it is left out. */
  readonly source?: string;
}

export interface Demo {
  readonly registry: RunningRegistry;
  /** The example workspace, absolute, ready to be opened. */
  readonly workspaceFolder: string;
  /** A sentence for people where the example has no git history, because git is missing. */
  readonly notice?: string;
  stop(): Promise<void>;
}

export const defaultPort = 5005;

/**
 * Starts the demo registry, fills it and lays out the example workspace. Throws PortTaken where the port is in use, and an Error
 * whose message is a sentence where the folder holds something that the demo did not make.
 */
export async function startDemo({ port = defaultPort, folder, source = findSource() }: DemoOptions): Promise<Demo> {
  const history = readHistory(source);
  const registry = await startRegistry({ port });
  try {
    seed(registry.store, history);
    const workspaceFolder = resolve(folder);
    const notice = materialise(history, workspaceFolder);
    writeLocalWorkflow(workspaceFolder, registry.host);
    return { registry, workspaceFolder, stop: () => registry.stop(), ...(notice !== undefined && { notice }) };
  } catch (error) {
    await registry.stop();
    throw error;
  }
}

/** `demo/workspace` in the nearest folder above the bundle or, when run from source, above the current folder. */
export function findSource(): string {
  const starts = [typeof __dirname === 'string' ? __dirname : undefined, process.cwd()];
  for (const start of starts) {
    for (let folder = start; folder !== undefined; folder = dirname(folder) === folder ? undefined : dirname(folder)) {
      const candidate = join(folder, 'demo', 'workspace');
      if (existsSync(join(candidate, 'README.md'))) return candidate;
    }
  }
  throw new Error('demo/workspace was not found. Run this inside the repository.');
}
