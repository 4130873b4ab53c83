import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PullRequest } from '../../../core/github/pullRequests.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { applyRemovals } from '../../../core/removal/apply.ts';
import { planCleanUp, previewNumber } from '../../../core/removal/previews.ts';
import { survey } from '../../../core/removal/survey.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { image, push } from '../promotion/team.ts';

const repository = 'team/app';
let running: RunningRegistry;
let registry: Registry;
beforeEach(async () => {
  running = await startRegistry();
  registry = connect(running.host);
  push(running.store, repository, image('open'), ['pr-9', 'pr-9-aaaaaaa']);
  push(running.store, repository, image('merged'), ['pr-8', 'pr-8-bbbbbbb']);
  push(running.store, repository, image('released'), ['pr-7', 'v1.0.0']);
  push(running.store, repository, image('stranger'), ['pr-6']);
  push(running.store, repository, image('deployed'), ['pr-5', 'prod']);
});
afterEach(() => running.stop());

function pull(number: number, state: PullRequest['state']): readonly [number, PullRequest] {
  return [number, { number, state, title: `Change ${number}` }];
}
const pulls = new Map([pull(9, 'open'), pull(8, 'merged'), pull(7, 'closed'), pull(5, 'closed')]);

async function cleanUp(abilities: Partial<Registry['abilities']> = {}) {
  const able = { ...registry, abilities: { ...registry.abilities, ...abilities } };
  return planCleanUp(able, repository, await survey(able, repository), pulls);
}

test.each([
  ['pr-42', 42],
  ['pull-42-1a2b3c4', 42],
  ['mr_7', 7],
  ['pr-', undefined],
  ['v1.0.0', undefined],
  ['pr-99999999999999999999', undefined],
])('%s is of %s', (tag, number) => expect(previewNumber(tag)).toBe(number));

test('images go where all their tags are left over; of others only the tags', async () => {
  const { plan, kept } = await cleanUp();
  expect(plan.removals.map(({ kind, tags, deletes }) => [kind, tags.join(' '), deletes])).toEqual([
    ['delete', 'pr-8 pr-8-bbbbbbb', true],
    ['untag', 'pr-7', false],
    ['untag', 'pr-5', false],
  ]);
  expect(kept.map(({ tag, because }) => `${tag} ${because}`)).toEqual([
    'pr-9 belongs to #9, which is open',
    'pr-9-aaaaaaa belongs to #9, which is open',
    'pr-6 belongs to #6, which is not known',
  ]);
});

test('without a way to take tags away alone, images with other tags stay', async () => {
  const { plan, kept } = await cleanUp({ untag: false });
  expect(plan.removals.map(({ tags }) => tags.join(' '))).toEqual(['pr-8 pr-8-bbbbbbb']);
  expect(kept.map(({ tag }) => tag)).toEqual(['pr-9', 'pr-9-aaaaaaa', 'pr-7', 'pr-6', 'pr-5']);
  expect(kept.find(({ tag }) => tag === 'pr-5')?.because).toContain('shares its image with prod');
});

test('where only tags go, the last one of an image says that it takes it along', async () => {
  const { plan } = await cleanUp({ remove: false, lastTagDeletes: true });
  expect(plan.removals.map(({ tags, deletes }) => [tags[0], deletes])).toEqual([
    ['pr-8', false],
    ['pr-8-bbbbbbb', true],
    ['pr-7', false],
    ['pr-5', false],
  ]);
});

test('a part of a live index stays, whatever its tag says', async () => {
  const [child] = image('released').children;
  running.store.tag(repository, 'pr-8-arm64', child?.digest ?? image('released').digest);
  const { plan, kept } = await cleanUp({ untag: false });
  expect(plan.removals.flatMap(({ tags }) => tags)).toEqual(['pr-8', 'pr-8-bbbbbbb']);
  expect(kept.find(({ tag }) => tag === 'pr-8-arm64')?.because).toContain('part of the index');
});

test('only what was listed and still names the same goes', async () => {
  const { plan } = await cleanUp();
  running.store.tag(repository, 'pr-7', image('open').digest);
  running.store.tag(repository, 'staging', image('merged').digest);
  const outcomes: string[] = [];
  for await (const { outcome } of applyRemovals(plan, registry)) outcomes.push(outcome.status);
  expect(outcomes).toEqual(['stale', 'stale', 'removed']);
  expect(running.store.tags(repository)).toEqual([
    'pr-6',
    'pr-7',
    'pr-8',
    'pr-8-bbbbbbb',
    'pr-9',
    'pr-9-aaaaaaa',
    'prod',
    'staging',
    'v1.0.0',
  ]);
});

test('trouble that all would have ends it', async () => {
  const { plan } = await cleanUp();
  running.faults.add({ kind: 'status', status: 403, method: 'DELETE' });
  const outcomes: string[] = [];
  for await (const { outcome } of applyRemovals(plan, registry)) outcomes.push(outcome.status);
  expect(outcomes).toEqual(['failed', 'cancelled', 'cancelled']);
  expect(running.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
});
