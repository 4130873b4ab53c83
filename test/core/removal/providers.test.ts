import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../../core/image/digest.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { applyRemovals } from '../../../core/removal/apply.ts';
import type { Removal, RemovalOutcome } from '../../../core/removal/model.ts';
import { planRemoval } from '../../../core/removal/plan.ts';
import { describeRemoval } from '../../../core/removal/words.ts';
import { push } from '../../../demo/images/images.ts';
import { type RunningEcr, startEcr } from '../../fakes/ecr/server.ts';
import { image } from '../promotion/team.ts';
import { at } from '../registry/asking.ts';
import { asPerson } from '../registry/ecr/person.ts';
import { stage as gitHubStage } from '../registry/github/person.ts';
import { stage as hubStage } from '../registry/hub/moby.ts';

const one = image('one');
const two = image('two');
/** A policy that protects other tags. */
const allowed = async (_name: string, tags: readonly string[]) => new Map(tags.map(tag => [tag, false] as const));

async function remove(registry: Registry, repository: string, kind: Removal['kind'], reference: string) {
  const plan = await planRemoval(registry, { repository, kind, reference });
  const outcomes: RemovalOutcome[] = [];
  for await (const { outcome } of applyRemovals(plan, registry)) outcomes.push(outcome);
  return { removal: plan.removals[0], outcome: outcomes[0] };
}

describe('at Amazon ECR', () => {
  asPerson();
  let ecr: RunningEcr;
  let registry: Registry;
  beforeEach(async () => {
    ecr = await startEcr();
    registry = connect(ecr.host, { kind: 'ecr' });
    ecr.state.push('team/app', one, ['pr-7', 'v1.0.0']);
    ecr.state.push('team/app', two, ['prod']);
  });
  afterEach(() => ecr.stop());

  test('the last tag takes the image along, and the plan says so', async () => {
    expect(await remove(registry, 'team/app', 'untag', 'pr-7')).toMatchObject({
      removal: { deletes: false },
      outcome: { status: 'removed' },
    });
    expect(ecr.state.store.manifest('team/app', one.digest)).toBeDefined();
    expect(await remove(registry, 'team/app', 'untag', 'v1.0.0')).toMatchObject({
      removal: { deletes: true },
      outcome: { status: 'removed' },
    });
    expect(ecr.state.store.manifest('team/app', one.digest)).toBeUndefined();
  });

  test('an image goes with its tags; a part of an index never does, nor what an environment names', async () => {
    expect(await remove(registry, 'team/app', 'delete', 'pr-7')).toMatchObject({
      removal: { tags: ['pr-7', 'v1.0.0'] },
      outcome: { status: 'removed' },
    });
    expect((await remove(registry, 'team/app', 'delete', two.children[0]?.digest ?? '')).outcome?.status).toBe('refused');
    expect((await remove(registry, 'team/app', 'delete', 'prod')).outcome?.status).toBe('refused');
    expect(ecr.state.store.tags('team/app')).toEqual(['prod']);
  });
});

describe('at GitHub Container Registry', () => {
  const on = gitHubStage();
  beforeEach(() => {
    for (const [built, tags] of [
      [one, ['pr-7', 'v1.0.0']],
      [two, ['prod']],
    ] as const) {
      for (const child of built.children) on.github.state.push('acme/shop', child.bytes, [], '2026-11-01T08:00:00Z', child.mediaType);
      on.github.state.push('acme/shop', built.bytes, tags, '2026-11-01T08:00:00Z', built.mediaType);
    }
  });

  test('an image goes as a version of its package, with its tags', async () => {
    expect(await remove(on.open(), 'acme/shop', 'delete', 'pr-7')).toMatchObject({
      removal: { tags: ['pr-7', 'v1.0.0'], deletes: true },
      outcome: { status: 'removed' },
    });
    expect(on.github.state.store.tags('acme/shop')).toEqual(['prod']);
  });

  test('a version without a tag that is part of an index stays', async () => {
    const child: Digest = two.children[0]?.digest ?? two.digest;
    expect(await remove(on.open(), 'acme/shop', 'delete', child)).toMatchObject({
      removal: { checks: [{ id: 'child', result: 'refused' }] },
      outcome: { status: 'refused' },
    });
    expect(on.github.state.store.manifest('acme/shop', child)).toBeDefined();
  });

  test("what GitHub keeps is told in GitHub's words", async () => {
    expect.assertions(2);
    on.github.state.store.tag('acme/shop', 'prod', one.digest);
    const plan = await planRemoval(on.open(), { repository: 'acme/shop', kind: 'delete', reference: one.digest }, { protection: allowed });
    expect(plan.removals[0]?.checks.filter(({ result }) => result === 'refused')).toEqual([]);
    for await (const { removal, outcome } of applyRemovals(plan, on.open()))
      expect(describeRemoval(plan, removal, outcome)).toMatch(
        /does not allow it \(You cannot delete the last tagged version of a package\. .*\)\. Nothing was removed\.$/,
      );
  });

  test('a tag alone is not offered', async () => {
    await expect(remove(on.open(), 'acme/shop', 'untag', 'pr-7')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('at Docker Hub', () => {
  const on = hubStage();

  test('a tag goes and the image stays under its others', async () => {
    push(on.hub.state.store, 'moby/shop', one, ['pr-7', 'v1']);
    on.hub.state.moved('moby/shop', ['pr-7', 'v1'], at(1));
    expect((await remove(on.open(), 'moby/shop', 'untag', 'pr-7')).outcome).toEqual({ status: 'removed', kept: true });
    expect(on.hub.state.store.tags('moby/shop')).toEqual(['v1']);
  });
});
