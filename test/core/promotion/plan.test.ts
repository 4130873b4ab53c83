import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommitRange, Direction } from '../../../core/git/history.ts';
import { planPromotion } from '../../../core/promotion/plan.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { buildCache } from '../../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { commit, image, push } from './team.ts';

const repository = 'team/app';
const now = new Date('2026-11-21T10:00:00Z');
const [before, after] = [image('before'), image('after')];
let running: RunningRegistry;
let registry: Registry;
beforeEach(async () => {
  running = await startRegistry();
  registry = connect(running.host);
  push(running.store, repository, before, ['prod']);
  push(running.store, repository, after, ['staging']);
});
afterEach(() => running.stop());

const plan = (from = 'staging', to = 'prod', options = {}) => planPromotion(registry, { repository, from, to }, { now, ...options });
const check = async (id: string, ...args: Parameters<typeof plan>) => (await plan(...args)).checks.find(one => one.id === id);
const history = (direction: Direction, total = 2) => ({
  commitsBetween: async (): Promise<CommitRange> => ({ direction, total, commits: [] }),
});

test('planning reads and never writes, and the plan is plain data', async () => {
  const made = await plan();
  expect(new Set(running.requests.map(({ method }) => method))).toEqual(new Set(['GET', 'HEAD']));
  expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  expect(made).toMatchObject({
    version: 1,
    kind: 'promote',
    host: running.host,
    tag: 'prod',
    source: 'staging',
    current: { digest: before.digest, revision: commit('before') },
    next: { digest: after.digest, platforms: ['linux/amd64', 'linux/arm64'] },
    expected: before.digest,
    alreadyThere: false,
    createdAt: now.toISOString(),
  });
});

test('a source that is not there says so', async () => {
  await expect(plan('nope')).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN', subject: 'team/app:nope' });
  await expect(plan('staging', 'no tag')).rejects.toMatchObject({ code: 'TAG_INVALID' });
});

describe('checks', () => {
  test('platforms that would be lost are warned of', async () => {
    push(running.store, repository, image('small', { architectures: ['amd64'] }), ['small']);
    expect(await check('platforms', 'small')).toMatchObject({
      result: 'warning',
      message: 'The tag loses linux/arm64: pulls there will fail.',
    });
    expect(await check('platforms')).toMatchObject({ result: 'passed' });
  });

  test('an index whose children were cleaned away is refused, and the platform is named', async () => {
    running.store.open(repository).manifests.delete(after.children[1]?.digest ?? before.digest);
    expect(await check('children')).toMatchObject({ result: 'refused', message: expect.stringContaining('linux/arm64') });
  });

  test('a build cache is refused', async () => {
    push(running.store, repository, buildCache([new Map([['a', 'b']])], '2026-11-14T09:30:00Z'), ['buildcache']);
    expect(await check('kind', 'buildcache')).toMatchObject({ result: 'refused' });
  });

  test.each([`sha256-${'a'.repeat(64)}.sig`, 'prod-20261114-1a2b3c4'])('%s is not a tag to move', async tag => {
    expect(await check('target', 'staging', tag)).toMatchObject({ result: 'refused' });
  });

  test('a release that is there is warned of, a new one is not', async () => {
    push(running.store, repository, before, ['v1.0.0']);
    expect(await check('target', 'staging', 'v1.0.0')).toMatchObject({ result: 'warning' });
    expect(await check('target', 'staging', 'v1.0.1')).toMatchObject({ result: 'passed' });
  });

  test('going back is refused for a promotion, parted branches are warned of', async () => {
    expect(await check('direction', 'staging', 'prod', history('backward'))).toMatchObject({ result: 'refused' });
    expect(await check('direction', 'staging', 'prod', history('diverged'))).toMatchObject({ result: 'warning' });
    expect(await check('direction', 'staging', 'prod', history('forward', 1))).toEqual({
      id: 'direction',
      result: 'passed',
      message: 'It goes 1 commit forward.',
    });
    expect(await check('direction')).toBeUndefined();
  });

  test('the clone is asked for exactly the two revisions', async () => {
    const asked: string[][] = [];
    await plan('staging', 'prod', {
      commitsBetween: async (from: string, to: string) => {
        asked.push([from, to]);
        return { direction: 'unknown', commits: [], total: 0 };
      },
    });
    expect(asked).toEqual([[commit('before'), commit('after')]]);
  });
});

describe('the trail', () => {
  const short = (word: string) => commit(word).slice(0, 7);

  test('an outgoing image that a trail tag names already gets no second one', async () => {
    running.store.open(repository).tags.set(`prod-20261101-${short('before')}`, before.digest);
    expect((await plan()).trail).toEqual([{ tag: `prod-20261121-${short('after')}`, digest: after.digest }]);
  });

  test('a name of the same day and commit that names another image is not reused', async () => {
    const rebuilt = image('rebuilt', { revision: commit('after') });
    push(running.store, repository, rebuilt, [`prod-20261121-${short('after')}`]);
    expect((await plan()).trail.map(({ tag }) => tag)).toEqual([`prod-20261121-${short('before')}`, `prod-20261121-${short('after')}-2`]);
  });

  test('an image that names no commit is known by its digest', async () => {
    push(running.store, repository, image('nameless', { revision: 'not a commit' }), ['nameless']);
    const made = await plan('nameless');
    expect(made.trail.at(-1)?.tag).toBe(`prod-20261121-${made.next.digest.slice(7, 14)}`);
  });

  test('a tag whose trail would have too long a name is moved with a warning', async () => {
    const long = 'x'.repeat(120);
    const made = await plan('staging', long);
    expect(made.trail).toEqual([]);
    expect(made.checks.find(({ id }) => id === 'trail')).toMatchObject({ result: 'warning' });
  });
});
