import { describe, expect, test } from 'vitest';
import { confirmation, planPage, titleOf } from '../../client/views/planText.ts';
import type { Digest } from '../../core/image/digest.ts';
import type { Plan } from '../../core/promotion/model.ts';
import type { ImageDetails } from '../../core/registry/describe.ts';

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`;
const image = (letter: string, version: string): ImageDetails => ({
  digest: digest(letter),
  mediaType: 'application/vnd.oci.image.index.v1+json',
  content: 'index',
  platforms: ['linux/amd64', 'linux/arm64'],
  children: [],
  created: '2026-11-13T10:00:00.000Z',
  version,
});
const commit = { id: 'c'.repeat(40), subject: 'Round carts | up', author: 'Mara', time: '2026-11-12T10:00:00Z' };
const plan: Plan = {
  version: 1,
  kind: 'promote',
  host: '127.0.0.1:5005',
  repository: 'acme/shop-api',
  tag: 'prod',
  source: 'staging',
  next: image('b', '1.5.0'),
  current: image('a', '1.4.2'),
  expected: digest('a'),
  alreadyThere: false,
  history: { direction: 'forward', commits: [commit], total: 7 },
  checks: [{ id: 'platforms', result: 'warning', message: 'linux/s390x is gone.' }],
  trail: [{ tag: 'prod-20261121-ccccccc', digest: digest('b') }],
  requests: [{ method: 'PUT', url: 'http://127.0.0.1:5005/v2/acme/shop-api/manifests/prod', purpose: 'Move prod' }],
  createdAt: '2026-11-21T12:00:00.000Z',
};

describe('the question before a promotion', () => {
  test('says from which digest to which, what lies between, and what it does not do', () => {
    const text = confirmation(plan);
    expect(text).toContain('prod now: aaaaaaaaaaaa, 1.4.2');
    expect(text).toContain('prod then: bbbbbbbbbbbb, 1.5.0');
    expect(text).toContain('7 commits forward:\n• ccccccc Round carts | up (Mara)\n• and 6 more');
    expect(text).toContain('⚠ linux/s390x is gone.');
    expect(text).toContain('running workloads change only when they are redeployed');
    expect(text).not.toContain('`');
  });

  test('says that a new tag is not there yet', () => {
    const { current, ...without } = plan;
    expect(current).toBeDefined();
    expect(confirmation({ ...without, expected: 'absent' })).toContain('prod now: not there yet');
  });
});

describe('the page of a plan', () => {
  test('lists every request exactly', () => {
    expect(planPage(plan)).toContain('# Move prod\nPUT http://127.0.0.1:5005/v2/acme/shop-api/manifests/prod');
  });

  test('keeps labels out of the Markdown around them', () => {
    const page = planPage({ ...plan, next: { ...plan.next, version: '1 | ![x](https://evil.example/x.png) <b>' } });
    expect(page).not.toContain('![x]');
    expect(page).not.toContain('<b>');
    // The preview makes links of addresses that stand alone.
    expect(page).not.toContain('https://evil');
  });
});

test('a digest in the title is shortened', () => {
  expect(titleOf({ ...plan, source: digest('d') })).toBe('Promote acme/shop-api: dddddddddddd → prod');
  expect(titleOf({ ...plan, kind: 'rollback', source: digest('d') })).toBe('Roll back acme/shop-api: prod → dddddddddddd');
});
