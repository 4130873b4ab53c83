import { type RunningRegistry, startRegistry } from './registry/registry.ts';

export { PortTaken } from './registry/registry.ts';

export interface DemoOptions {
  /** 5005 where it is left out; 0 takes a free one. */
  readonly port?: number;
  /** Where the example workspace is made: a folder that is not there, is empty, or holds the example from last time. */
  readonly folder: string;
}

export interface Demo {
  readonly registry: RunningRegistry;
  /** The example workspace, ready to be opened. */
  readonly workspaceFolder: string;
  /** A sentence for people where the example has no git history, because git is missing. */
  readonly notice?: string;
  stop(): Promise<void>;
}

export const defaultPort = 5005;

/** Starts the demo registry, fills it and lays out the example workspace. Throws PortTaken where the port is in use. */
export async function startDemo({ port = defaultPort, folder }: DemoOptions): Promise<Demo> {
  const registry = await startRegistry({ port });
  return { registry, workspaceFolder: folder, stop: () => registry.stop() };
}
