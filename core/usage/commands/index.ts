import type { CommandAdapter } from './command.ts';
import { docker } from './docker.ts';
import { kubectl } from './kubectl.ts';

/** Every program that is understood. */
const adapters: readonly CommandAdapter[] = [docker, kubectl];

const byName = new Map(adapters.flatMap(adapter => adapter.names.map(name => [name, adapter] as const)));

/** The adapter for a command's first word, a path or not. */
export function commandAdapter(name: string): CommandAdapter | undefined {
  return byName.get(name.slice(name.lastIndexOf('/') + 1));
}
