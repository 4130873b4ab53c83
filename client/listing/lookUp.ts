import { tagKind } from '../../core/image/tagKind.ts';
import type { Abilities, ListedImage } from '../../core/registry/listing.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { environmentTags, type Roles } from './groups.ts';

/** Environments that are looked up before anything is shown, where each takes a request: with the first page these are three. */
const firstLookUps = 2;
/** What is worth asking for where one request asks for all. */
const usualEnvironments = ['prod', 'production', 'staging', 'latest', 'dev', 'main'];
/** Tags that a refresh asks for: where each takes a request, and where one asks for all. */
const mostLookUps = 10;
const mostInBatch = 100;

/** What these tags name now; those that are not there are left out. */
export async function lookUp(
  registry: Registry,
  repository: string,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ListedImage>> {
  const { batch, digests } = registry.abilities;
  if (batch || digests) return registry.lookUp(repository, tags, { signal });
  // Where each takes a request, the manifest itself is read: it is wanted next.
  const read = tags.map(async tag => [tag, await registry.manifest(repository, tag, { signal })] as const);
  return new Map((await Promise.all(read)).flatMap(([tag, is]) => (is ? [[tag, { digest: is.digest, tags: [tag] }]] : [])));
}

/** The environments that are worth asking for beside the first page. */
export function firstAsked(roles: Roles, { batch }: Abilities): readonly string[] {
  const named = environmentTags(roles);
  return batch ? [...new Set([...named, ...usualEnvironments])] : named.slice(0, firstLookUps);
}

/** The tags that may have moved, those of environments first. */
export function movingTags(tags: Iterable<string>, roles: Roles, { batch }: Abilities): readonly string[] {
  const moving = [...tags].filter(tag => ['environment', 'latest', 'moving'].includes(tagKind(tag)));
  return [...new Set([...environmentTags(roles), ...moving])].slice(0, batch ? mostInBatch : mostLookUps);
}
