import { describe, expect, test } from 'vitest';
import { compareAliases, compareTags, parseTrail, type TagKind, tagKind } from '../../../core/image/tagKind.ts';

const sha = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';

describe('tag kinds', () => {
  const kinds: Readonly<Record<TagKind, readonly string[]>> = {
    environment: ['prod', 'production', 'staging', 'prod-eu', 'prod-eu-west-1', 'staging_us', 'dev', 'prod-blue'],
    latest: ['latest'],
    moving: ['main', 'edge', 'nightly', '1', 'v1', '1.4', 'v2.0'],
    release: ['1.4.2', 'v1.4.2', 'v2.0.0-rc.1', '1.2.3-alpine'],
    trail: ['prod-20261114-1a2b3c4', 'prod-20261114-1a2b3c4-2', 'my-app-20261114-0000000'],
    commit: [`sha-${sha}`, 'sha-1a2b3c4', sha, 'git-1a2b3c4d'],
    pullRequest: ['pr-42', 'pr-42-1a2b3c4', 'PR42', 'mr-7'],
    cache: ['buildcache', 'cache', 'cache-main', 'buildcache-arm64', 'main-buildcache', 'build-cache'],
    signature: [`sha256-${'a'.repeat(64)}`, `sha256-${'a'.repeat(64)}.sig`, `sha256-${'a'.repeat(64)}.att`],
    other: ['alpine', 'feature-x', 'prodigy', '20261114', 'latest-arm64', 'sha-xyz'],
  };
  for (const [kind, tags] of Object.entries(kinds)) {
    test.each(tags)(`${kind}: %s`, tag => {
      expect(tagKind(tag)).toBe(kind);
    });
  }

  test('a trail tag says which tag, day and revision', () => {
    expect(parseTrail('my-prod-20261114-1a2b3c4-3')).toEqual({ of: 'my-prod', day: '2026-11-14', revision: '1a2b3c4', number: 3 });
    expect(parseTrail('prod-20261399-1a2b3c4')).toBeUndefined();
    expect(parseTrail('prod')).toBeUndefined();
  });

  test('of other names of an image the environment and the release come first', () => {
    const tags = [`sha-${sha}`, 'latest', '1.4', 'main', 'v1.4.2', 'prod', 'feature-x'];
    expect([...tags].sort(compareAliases)).toEqual(['prod', 'v1.4.2', 'latest', 'main', '1.4', `sha-${sha}`, 'feature-x']);
  });

  test('a list begins with what is deployed and ends with machinery, releases newest first', () => {
    const tags = ['buildcache', 'v1.9.0', 'latest', `sha-${sha}`, 'v1.10.0', 'prod', 'prod-20261101-1a2b3c4', 'prod-20261114-1a2b3c4'];
    expect([...tags].sort(compareTags)).toEqual([
      'prod',
      'latest',
      'v1.10.0',
      'v1.9.0',
      'prod-20261114-1a2b3c4',
      'prod-20261101-1a2b3c4',
      `sha-${sha}`,
      'buildcache',
    ]);
  });
});
