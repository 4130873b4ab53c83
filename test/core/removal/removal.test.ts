import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { applyRemovals } from '../../../core/removal/apply.ts';
import type { RemovalOutcome, RemovalPlan, RemovalStep } from '../../../core/removal/model.ts';
import { planRemoval, type RemovalOptions } from '../../../core/removal/plan.ts';
import { describeRemoval, removalDetails, removalTitle } from '../../../core/removal/words.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { image, push } from '../promotion/team.ts';

const repository = 'team/app';
const one = image('one');
const two = image('two');
let running: RunningRegistry;
let registry: Registry;
beforeEach(async () => {
  running = await startRegistry();
  registry = connect(running.host);
  push(running.store, repository, one, ['v1.0.0', 'pr-7', 'sha-1111111']);
  push(running.store, repository, two, ['prod', 'v2.0.0']);
});
afterEach(() => running.stop());

function plan(kind: 'untag' | 'delete', reference: string, options: RemovalOptions = {}): Promise<RemovalPlan> {
  return planRemoval(registry, { repository, kind, reference }, options);
}

async function apply(planned: RemovalPlan, onStep?: (step: RemovalStep) => void, signal?: AbortSignal): Promise<RemovalOutcome[]> {
  const outcomes: RemovalOutcome[] = [];
  for await (const { outcome } of applyRemovals(planned, registry, { ...(onStep && { onStep }), ...(signal && { signal }) }))
    outcomes.push(outcome);
  return outcomes;
}

const writes = () => running.requests.filter(({ method }) => method === 'DELETE');
const tags = () => running.store.tags(repository);

describe('deleting an image', () => {
  test('is planned by reading alone, and names every tag that goes along', async () => {
    const { removals } = await plan('delete', 'pr-7');
    expect(removals).toMatchObject([{ kind: 'delete', digest: one.digest, tags: ['pr-7', 'sha-1111111', 'v1.0.0'], deletes: true }]);
    expect(running.requests.every(({ method }) => method === 'GET' || method === 'HEAD')).toBe(true);
    const [removal] = removals;
    if (!removal) throw new Error('nothing is planned');
    expect(removalTitle({ host: 'ghcr.io', repository }, removal)).toMatch(/^Delete ghcr\.io\/team\/app@[0-9a-f]{12} and its 3 tags$/);
    const details = removalDetails({ host: registry.host }, removal);
    expect(details.slice(0, 4)).toEqual(['These 3 tags go with it:', '• pr-7', '• sha-1111111', '• v1.0.0']);
    expect(details.join('\n')).toContain('⚠ `v1.0.0` looks like a release');
    expect(details.join('\n')).toContain('The 4 manifests that it is made of stay');
  });

  test('removes it, reads back and says so', async () => {
    const planned = await plan('delete', one.digest);
    const steps: string[] = [];
    expect(await apply(planned, ({ kind }) => steps.push(kind))).toEqual([{ status: 'removed' }]);
    expect(tags()).toEqual(['prod', 'v2.0.0']);
    expect(writes().map(({ path }) => path)).toEqual([`/v2/${repository}/manifests/${one.digest}`]);
    expect([...new Set(steps)]).toEqual(['recheck', 'survey', 'remove', 'verify']);
    const [removal] = planned.removals;
    expect(removal && describeRemoval(planned, removal, { status: 'removed' })).toMatch(
      /is deleted, with `pr-7`, `sha-1111111`, `v1.0.0`\.$/,
    );
  });

  test('is refused for what an environment names, by name or by policy', async () => {
    const refusedBy = async (options?: RemovalOptions) =>
      (await plan('delete', 'v2.0.0', options)).removals.flatMap(({ checks }) => checks.filter(({ result }) => result === 'refused'));
    expect((await refusedBy()).map(({ message }) => message)).toEqual([
      '`prod` looks like an environment, and what it runs would be gone. Move it to another image first.',
    ]);
    const protection = async (name: string, tags: readonly string[]) => {
      expect(name).toBe(`${running.host}/${repository}`);
      return new Map(tags.map(tag => [tag, tag.startsWith('v')]));
    };
    expect((await refusedBy({ protection })).map(({ message }) => message)).toEqual([
      'The policy protects `v2.0.0`. Move it to another image first.',
    ]);
    const planned = await plan('delete', 'v2.0.0');
    expect(await apply(planned)).toMatchObject([{ status: 'refused' }]);
    expect(writes()).toEqual([]);
  });

  test('is refused for a part of a live index, with or without a tag of its own', async () => {
    const child = two.children[1]?.digest ?? '';
    running.store.tag(repository, 'arm', two.children[1]?.digest ?? two.digest);
    for (const reference of [child, 'arm']) {
      const planned = await plan('delete', reference);
      expect(planned.removals[0]?.checks[0]).toMatchObject({ id: 'child', result: 'refused' });
      expect(planned.removals[0]?.checks[0]?.message).toContain('which `prod`, `v2.0.0` name');
      expect(await apply(planned)).toMatchObject([{ status: 'refused' }]);
    }
    expect(writes()).toEqual([]);
  });

  test('stops where a tag moved since, where another came to it, and where an index came to hold it', async () => {
    const planned = await plan('delete', one.digest);
    running.store.tag(repository, 'pr-7', two.digest);
    expect(await apply(planned)).toEqual([{ status: 'stale', tag: 'pr-7', found: two.digest }]);
    running.store.tag(repository, 'pr-7', one.digest);
    running.store.tag(repository, 'prod', one.digest);
    expect(await apply(planned)).toEqual([{ status: 'stale', tag: 'prod', found: one.digest }]);
    running.store.tag(repository, 'prod', two.digest);
    const index = JSON.parse(Buffer.from(two.bytes).toString());
    index.manifests.push({ mediaType: one.mediaType, digest: one.digest, size: one.bytes.length });
    const digest = running.store.putManifest(repository, two.mediaType, Buffer.from(JSON.stringify(index)), ['all']);
    expect(await apply(planned)).toEqual([{ status: 'stale', tag: 'all', found: digest }]);
    expect(writes()).toEqual([]);
    const [removal] = planned.removals;
    expect(removal && describeRemoval(planned, removal, { status: 'stale', tag: 'prod', found: one.digest })).toContain(
      'names the image now',
    );
  });

  test('that is switched off says so and changes nothing', async () => {
    await running.stop();
    running = await startRegistry({ allowDelete: false });
    registry = connect(running.host);
    push(running.store, repository, one, ['pr-7']);
    const planned = await plan('delete', 'pr-7');
    const [outcome] = await apply(planned);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'UNSUPPORTED' } });
    const [removal] = planned.removals;
    expect(removal && outcome && describeRemoval(planned, removal, outcome)).toBe(
      `${running.host} does not allow it: deleting is switched off there. Nothing was removed.`,
    );
    expect(tags()).toEqual(['pr-7']);
  });

  test('whose answer is lost is read back before anything is said', async () => {
    const planned = await plan('delete', one.digest);
    running.faults.add({ kind: 'resetAfter', method: 'DELETE' });
    expect(await apply(planned)).toEqual([{ status: 'removed' }]);
  });

  test('that never arrived stays unconfirmed', async () => {
    const planned = await plan('delete', one.digest);
    running.faults.add({ kind: 'reset', method: 'DELETE' });
    expect(await apply(planned)).toMatchObject([{ status: 'unverified', cause: { code: 'RESET' } }]);
    expect(tags()).toContain('pr-7');
  }, 15_000);

  test('can be cancelled until it is sent', async () => {
    const planned = await plan('delete', one.digest);
    const controller = new AbortController();
    expect(await apply(planned, () => controller.abort(), controller.signal)).toEqual([{ status: 'cancelled' }]);
    expect(writes()).toEqual([]);
  });

  test('cannot be planned on half a look', async () => {
    running.faults.add({ kind: 'wrongDigest', method: 'GET', path: new RegExp(two.digest) });
    await expect(plan('delete', one.digest)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  test('reads each index once, and not again for the next', async () => {
    const known = new Map();
    await plan('delete', one.digest, { known });
    const before = running.requests.length;
    await plan('delete', one.digest, { known });
    expect(running.requests.slice(before).filter(({ method, path }) => method === 'GET' && path.includes('/manifests/'))).toEqual([]);
  });
});

describe('taking a tag away', () => {
  test('leaves the image and its other tags', async () => {
    const planned = await plan('untag', 'pr-7');
    expect(planned.removals).toMatchObject([{ kind: 'untag', tag: 'pr-7', tags: ['pr-7'], deletes: false }]);
    expect(await apply(planned)).toEqual([{ status: 'removed', kept: true }]);
    expect(tags()).toEqual(['prod', 'sha-1111111', 'v1.0.0', 'v2.0.0']);
    expect(running.store.manifest(repository, one.digest)).toBeDefined();
  });

  test('asks for nothing but that tag, and at the end whether its image is still there', async () => {
    await apply(await plan('untag', 'pr-7'));
    const manifests = `/v2/${repository}/manifests`;
    expect([...new Set(running.requests.map(({ path }) => path))]).toEqual([`${manifests}/pr-7`, `${manifests}/${one.digest}`]);
  });

  test('says what a registry did that drops the image with its last tag', async () => {
    running.store.remove(repository, 'v1.0.0');
    running.store.remove(repository, 'sha-1111111');
    const planned = await plan('untag', 'pr-7');
    const [removal] = planned.removals;
    if (!removal) throw new Error('nothing is planned');
    expect(removalDetails(planned, removal)[0]).toContain('some registries delete the image with it');
    const drop = ({ kind }: RemovalStep) => kind === 'verify' && running.store.remove(repository, one.digest);
    const [outcome] = await apply(planned, drop);
    expect(outcome).toEqual({ status: 'removed', kept: false });
    expect(outcome && describeRemoval(planned, removal, outcome)).toBe('The tag `pr-7` is gone, and the image with it.');
  });

  test('stops where the tag moved, and is done where it is gone', async () => {
    const planned = await plan('untag', 'pr-7');
    running.store.tag(repository, 'pr-7', two.digest);
    expect(await apply(planned)).toEqual([{ status: 'stale', tag: 'pr-7', found: two.digest }]);
    running.store.remove(repository, 'pr-7');
    expect(await apply(planned)).toEqual([{ status: 'absent' }]);
    expect(writes()).toEqual([]);
  });

  test('says that somebody wrote it anew', async () => {
    const planned = await plan('untag', 'pr-7');
    const again = ({ kind }: RemovalStep) => kind === 'verify' && running.store.tag(repository, 'pr-7', two.digest);
    expect(await apply(planned, again)).toEqual([{ status: 'rewritten', found: two.digest }]);
  });

  test('of an environment is warned about, or refused by the policy', async () => {
    expect((await plan('untag', 'prod')).removals[0]?.checks).toMatchObject([{ result: 'warning' }]);
    const protection = async () => new Map([['prod', true]]);
    expect((await plan('untag', 'prod', { protection })).removals[0]?.checks).toMatchObject([{ result: 'refused' }]);
  });

  test.each([
    ['untag', one.digest, 'TAG_INVALID'],
    ['untag', 'nope', 'MANIFEST_UNKNOWN'],
    ['delete', 'nope', 'MANIFEST_UNKNOWN'],
  ] as const)('%s of %s is %s', async (kind, reference, code) => {
    await expect(plan(kind, reference)).rejects.toMatchObject({ code });
  });

  test('is offered only by a registry that can', async () => {
    const cannot = { ...registry, abilities: { ...registry.abilities, untag: false, remove: false } };
    for (const kind of ['untag', 'delete'] as const)
      await expect(planRemoval(cannot, { repository, kind, reference: 'pr-7' })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('a registry that keeps no image without a tag', () => {
  const losing = () => ({ ...registry, abilities: { ...registry.abilities, lastTagDeletes: true } });
  const untag = (tag: string) => planRemoval(losing(), { repository, kind: 'untag', reference: tag });

  test('deletes it with the last one, and the plan says so', async () => {
    expect((await untag('pr-7')).removals[0]).toMatchObject({ deletes: false });
    for (const tag of ['v1.0.0', 'sha-1111111']) running.store.remove(repository, tag);
    const { removals } = await untag('pr-7');
    expect(removals[0]).toMatchObject({ deletes: true, tags: ['pr-7'] });
    expect(removals[0] && removalDetails({ host: registry.host }, removals[0])[0]).toMatch(
      /^It is the last tag of [0-9a-f]{12}: .* deletes the image with it\.$/,
    );
  });

  test('stops where it became the last one meanwhile', async () => {
    const planned = await untag('pr-7');
    for (const tag of ['v1.0.0', 'sha-1111111']) running.store.remove(repository, tag);
    const outcomes = [];
    for await (const { outcome } of applyRemovals(planned, losing())) outcomes.push(outcome.status);
    expect(outcomes).toEqual(['stale']);
    expect(writes()).toEqual([]);
  });

  test('keeps the last tag of a part of a live index', async () => {
    running.store.tag(repository, 'arm', two.children[1]?.digest ?? two.digest);
    expect((await untag('arm')).removals[0]?.checks[0]).toMatchObject({ id: 'child', result: 'refused' });
  });
});
