import { canonicalHost } from '../../core/registry/hosts.ts';
import type { RequestOptions } from '../../core/registry/registry.ts';
import type { RepositorySettingsAnswer, RepositorySettingsParams } from '../../protocol/registries.ts';
import type { RegistrySource } from './source.ts';

/** What connected registries say of these repositories themselves. Trouble is `null`, like a registry that says nothing. */
export async function repositorySettings(
  source: RegistrySource,
  { repositories }: RepositorySettingsParams,
  options: RequestOptions = {},
): Promise<RepositorySettingsAnswer> {
  const connected = new Set(source.connections().map(({ host }) => host));
  const asked = repositories.map(async ({ host, repository }) => {
    const name = canonicalHost(host);
    const found = connected.has(name) ? await source.at(name).settings?.(repository, options) : undefined;
    return found ? { readAt: new Date().toISOString(), ...found } : null;
  });
  return { repositories: await Promise.all(asked.map(one => one.catch(() => null))) };
}
