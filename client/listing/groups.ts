import { type TagKind, tagKind } from '../../core/image/tagKind.ts';
import type { Row } from './row.ts';

/** How a repository's tags are parted in the sidebar, in the order in which they stand. */
export const groups = [
  'environments',
  'releases',
  'branches',
  'commits',
  'pullRequests',
  'other',
  'caches',
  'attached',
  'untagged',
] as const;
export type Group = (typeof groups)[number];

/** What the workspace's policy says of a repository's tags; it may not be known, or say nothing. */
export interface Roles {
  /** In the order of the policy: the tag, its aliases behind it. */
  readonly environments: readonly { readonly name: string; readonly tag: string; readonly aliases: readonly string[] }[];
  /** Further tags that the policy speaks of. */
  readonly tags: ReadonlyMap<string, 'protected' | 'cache' | 'preview'>;
}

export const noRoles: Roles = { environments: [], tags: new Map() };

const byKind: Readonly<Record<TagKind, Group>> = {
  environment: 'environments',
  trail: 'environments',
  latest: 'releases',
  release: 'releases',
  moving: 'branches',
  commit: 'commits',
  pullRequest: 'pullRequests',
  cache: 'caches',
  signature: 'attached',
  other: 'other',
};

/** Where a row stands. The policy's word goes before what the tag's name looks like. */
export function groupOf({ tag, listed }: Row, roles: Roles): Group {
  if (listed.subject !== undefined) return 'attached';
  if (tag === undefined) return listed.artifactType === undefined || isCache(listed.artifactType) ? 'untagged' : 'attached';
  if (environmentOf(tag, roles) !== undefined) return 'environments';
  const role = roles.tags.get(tag);
  if (role === 'cache') return 'caches';
  if (role === 'preview') return 'pullRequests';
  // `v1` and `1.4` move with a release line, `main` with a branch.
  if (/^v?\d+(?:\.\d+)?$/.test(tag)) return 'releases';
  return byKind[tagKind(tag)];
}

function isCache(artifactType: string): boolean {
  return artifactType.startsWith('application/vnd.buildkit.cacheconfig');
}

/** The name of the environment that the policy gives a tag to. */
export function environmentOf(tag: string, { environments }: Roles): string | undefined {
  return environments.find(environment => environment.tag === tag || environment.aliases.includes(tag))?.name;
}

/** The tags that say what runs where, the policy's in its order. */
export function environmentTags({ environments }: Roles): readonly string[] {
  return [...environments.map(({ tag }) => tag), ...environments.flatMap(({ aliases }) => aliases)];
}
