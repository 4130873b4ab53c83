import { describe, expect, test } from 'vitest';
import { groupOf, noRoles, type Roles } from '../../../client/listing/groups.ts';
import { type Row, renewed, rowsOf } from '../../../client/listing/row.ts';
import { arrange, matches, type Sort, tagsByDigest } from '../../../client/listing/view.ts';
import type { Digest } from '../../../core/image/digest.ts';
import type { ListedImage } from '../../../core/registry/listing.ts';

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`;
const row = (tag: string, listed: Partial<ListedImage> = {}): Row => rowsOf({ tags: [tag], ...listed })[0] as Row;
const untagged = (listed: Partial<ListedImage> = {}): Row => rowsOf({ tags: [], digest: digest('e'), ...listed })[0] as Row;

describe('groups', () => {
  test.each([
    ['prod', 'environments'],
    ['prod-20261114-1a2b3c4', 'environments'],
    ['latest', 'releases'],
    ['v1.4.2', 'releases'],
    ['1.4', 'releases'],
    ['main', 'branches'],
    [`sha-${'a'.repeat(40)}`, 'commits'],
    ['pr-42', 'pullRequests'],
    ['buildcache', 'caches'],
    [`sha256-${'a'.repeat(64)}.sig`, 'attached'],
    ['jammy', 'other'],
  ])('%s stands among the %s', (tag, group) => {
    expect(groupOf(row(tag), noRoles)).toBe(group);
  });

  test('are the policy’s where it says so', () => {
    const roles: Roles = {
      environments: [{ name: 'live', tag: 'v1', aliases: ['blue'] }],
      tags: new Map([
        ['jammy', 'cache'],
        ['try-7', 'preview'],
      ]),
    };
    expect(['v1', 'blue', 'jammy', 'try-7'].map(tag => groupOf(row(tag), roles))).toEqual([
      'environments',
      'environments',
      'caches',
      'pullRequests',
    ]);
  });

  test('keep images without a tag apart from what is attached to others', () => {
    expect(groupOf(untagged(), noRoles)).toBe('untagged');
    expect(groupOf(untagged({ subject: digest('a') }), noRoles)).toBe('attached');
    expect(groupOf(untagged({ artifactType: 'application/spdx+json' }), noRoles)).toBe('attached');
    expect(groupOf(untagged({ artifactType: 'application/vnd.buildkit.cacheconfig.v0' }), noRoles)).toBe('untagged');
  });
});

describe('order', () => {
  const names = (rows: readonly Row[], sort: Sort, roles = noRoles) =>
    [...arrange(rows, roles, { sort, filter: '' }).values()].flat().map(({ key }) => key);

  test('is by version where a registry tells no dates, and latest comes first', () => {
    expect(
      names(
        ['v1.9.0', 'v1.10.0', 'latest', 'v1.10.0-rc.1'].map(tag => row(tag)),
        'newest',
      )[0],
    ).toBe('latest');
    expect(
      names(
        ['v1.9.0', 'v1.10.0', 'v2.0.0'].map(tag => row(tag)),
        'newest',
      ),
    ).toEqual(['v2.0.0', 'v1.10.0', 'v1.9.0']);
  });

  test('is by date where the listing tells it', () => {
    const rows = [
      row('v1.0.0', { pushedAt: '2026-01-03T00:00:00Z' }),
      row('v1.1.0', { pushedAt: '2026-01-01T00:00:00Z' }),
      row('v1.2.0', { pushedAt: '2026-01-02T00:00:00Z' }),
    ];
    expect(names(rows, 'newest')).toEqual(['v1.0.0', 'v1.2.0', 'v1.1.0']);
    expect(names(rows, 'oldest')).toEqual(['v1.1.0', 'v1.2.0', 'v1.0.0']);
    expect(names(rows, 'nameDown')).toEqual(['v1.2.0', 'v1.1.0', 'v1.0.0']);
  });

  test('has the environments as the policy has them, and what promotions left behind them', () => {
    const rows = ['prod-20261101-1a2b3c4', 'staging', 'prod-20261114-1a2b3c4', 'prod', 'dev'].map(tag => row(tag));
    const policy: Roles = {
      environments: ['dev', 'staging', 'prod'].map(tag => ({ name: tag, tag, aliases: [] })),
      tags: new Map(),
    };
    expect(names(rows, 'newest', policy)).toEqual(['dev', 'staging', 'prod', 'prod-20261114-1a2b3c4', 'prod-20261101-1a2b3c4']);
    expect(names(rows, 'newest')).toEqual(['prod', 'staging', 'dev', 'prod-20261114-1a2b3c4', 'prod-20261101-1a2b3c4']);
  });
});

test.each([
  ['1.4', true],
  ['V1.4', true],
  ['aaaaaaaa', true],
  ['sha256:aaaa', true],
  ['1a2b3c4', true],
  ['2b3c4', false],
  ['prod', false],
])('the filter %s finds it by tag, digest or commit: %s', (filter, found) => {
  const details = {
    digest: digest('a'),
    mediaType: '',
    content: 'image',
    platforms: [],
    children: [],
    revision: `1a2b3c4${'0'.repeat(33)}`,
  } as const;
  expect(matches({ ...row('v1.4.2', { digest: digest('a') }), details }, filter)).toBe(found);
});

test('the tags of one image are found together', () => {
  const rows = [
    row('prod', { digest: digest('a') }),
    row('v1', { digest: digest('b') }),
    row('latest', { digest: digest('a') }),
    row('v2'),
  ];
  expect(tagsByDigest(rows).get(digest('a'))).toEqual(['prod', 'latest']);
});

test('a row that is read again keeps what is known of its image while the image is the same', () => {
  const known: Row = { ...row('prod', { digest: digest('a') }), attached: ['signature'] };
  expect(renewed(row('prod'), known)).toMatchObject({ digest: digest('a'), attached: ['signature'] });
  expect(renewed(row('prod', { digest: digest('a') }), known).attached).toEqual(['signature']);
  expect(renewed(row('prod', { digest: digest('b') }), known).attached).toBeUndefined();
});
