import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { applyRemovals } from '../../../core/removal/apply.ts';
import type { RemovalOutcome, RemovalPlan, RemovalStep } from '../../../core/removal/model.ts';
import { planOf, planRemoval, removalOf } from '../../../core/removal/plan.ts';
import { survey } from '../../../core/removal/survey.ts';
import type { BuiltImage } from '../../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { type RunningEcr, startEcr } from '../../fakes/ecr/server.ts';
import { image, push } from '../promotion/team.ts';
import { at } from '../registry/asking.ts';
import { asPerson } from '../registry/ecr/person.ts';
import { stage as gitHubStage } from '../registry/github/person.ts';
import { stage as hubStage } from '../registry/hub/moby.ts';

// What other people do between the look at a repository and the write, which takes long in a large one.
const repository = 'team/app';
const one = image('one');
const two = image('two');

/** How each removal ends when `meanwhile` happens as soon as the repository was looked at again. */
async function apply(plan: RemovalPlan, registry: Registry, meanwhile: () => void): Promise<RemovalOutcome[]> {
  let happened = false;
  let looked = false;
  const onStep = ({ kind }: RemovalStep) => {
    if (kind === 'survey') looked = true;
  };
  // The look right before the write is the first request behind the survey.
  const watched: Registry = {
    ...registry,
    abilities: registry.abilities,
    lookUp: async (name, tags, options) => {
      if (options?.fresh && looked && !happened) {
        happened = true;
        meanwhile();
      }
      return registry.lookUp(name, tags, options);
    },
  };
  const outcomes: RemovalOutcome[] = [];
  for await (const { outcome } of applyRemovals(plan, watched, { onStep })) outcomes.push(outcome);
  expect(happened).toBe(true);
  return outcomes;
}

describe('at a registry that lists names', () => {
  let running: RunningRegistry;
  let registry: Registry;
  beforeEach(async () => {
    running = await startRegistry();
    registry = connect(running.host);
    push(running.store, repository, one, ['pr-7']);
    push(running.store, repository, two, ['prod', 'latest']);
  });
  afterEach(() => running.stop());
  const deletions = () => running.requests.filter(({ method }) => method === 'DELETE');

  test('what an environment has come to name stays', async () => {
    const plan = await planRemoval(registry, { repository, kind: 'delete', reference: 'pr-7' });
    expect(plan.watched).toEqual(['latest', 'prod']);
    const outcomes = await apply(plan, registry, () => running.store.tag(repository, 'prod', one.digest));
    expect(outcomes).toEqual([{ status: 'stale', tag: 'prod', found: one.digest }]);
    expect(deletions()).toEqual([]);
  });

  test('what the policy protects is watched too, and what is given once is not', async () => {
    push(running.store, repository, two, ['customer-acme', 'v3.0.0']);
    const protection = async (_name: string, tags: readonly string[]) =>
      new Map(tags.map(tag => [tag, tag.startsWith('customer-') || tag.startsWith('v')]));
    const plan = await planRemoval(registry, { repository, kind: 'delete', reference: 'pr-7' }, { protection });
    expect(plan.watched).toEqual(['customer-acme', 'latest', 'prod']);
  });

  test('a part of the index that an environment has come to name stays', async () => {
    const index = JSON.parse(Buffer.from(two.bytes).toString());
    index.manifests.push({ mediaType: one.mediaType, digest: one.digest, size: one.bytes.length });
    const plan = await planRemoval(registry, { repository, kind: 'delete', reference: 'pr-7' });
    let made = '';
    const outcomes = await apply(plan, registry, () => {
      made = running.store.putManifest(repository, two.mediaType, Buffer.from(JSON.stringify(index)), ['prod']);
    });
    expect(outcomes).toEqual([{ status: 'stale', tag: 'prod', found: made }]);
    expect(deletions()).toEqual([]);
  });

  test('an environment that moved to an image of its own is no hindrance, once the repository was looked at anew', async () => {
    const plan = await planRemoval(registry, { repository, kind: 'delete', reference: 'pr-7' });
    const outcomes = await apply(plan, registry, () => push(running.store, repository, image('three'), ['prod']));
    expect(outcomes).toEqual([{ status: 'removed' }]);
  });

  test('a manifest that is missing for a moment is not taken for one without parts', async () => {
    const known = new Map();
    const child = two.children[0]?.digest ?? two.digest;
    running.faults.add({ kind: 'status', status: 404, code: 'MANIFEST_UNKNOWN', method: 'GET', path: new RegExp(two.digest), count: 1 });
    const plan = () => planRemoval(registry, { repository, kind: 'delete', reference: child }, { known });
    await expect(plan()).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN' });
    expect((await plan()).removals[0]?.checks[0]).toMatchObject({ id: 'child', result: 'refused' });
  });

  test('an index whose type says nothing is read', async () => {
    const headers = { 'content-type': 'application/json', 'docker-content-digest': two.digest };
    running.faults.add({ kind: 'answer', status: 200, headers, method: 'HEAD', path: /prod|latest/ });
    const found = await survey(registry, repository);
    expect(found.indexes.get(two.digest)).toEqual(two.children.map(({ digest }) => digest));
  });

  test('a signature of what is kept is deleted only after a warning', async () => {
    const signature = image('signature');
    push(running.store, repository, signature, [`${two.digest.replace(':', '-')}.sig`]);
    const plan = await planRemoval(registry, { repository, kind: 'delete', reference: signature.digest });
    expect(plan.removals[0]?.checks.find(({ result }) => result === 'warning')?.message).toMatch(
      /^It is a signature, an attestation or an SBOM of [0-9a-f]{12}, which `latest`, `prod` name; whoever checks that/,
    );
  });

  test('and so is what names its subject itself', async () => {
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: one.digest, size: 2 };
    const attached = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: [] };
    const subject = { mediaType: two.mediaType, digest: two.digest, size: two.bytes.length };
    const bytes = Buffer.from(JSON.stringify({ ...attached, subject }));
    const digest = running.store.putManifest(repository, attached.mediaType, bytes, []);
    const plan = await planRemoval(registry, { repository, kind: 'delete', reference: digest });
    expect(plan.removals[0]?.checks).toMatchObject([{ id: 'attached', result: 'warning' }]);
  });
});

describe('at Amazon ECR', () => {
  asPerson();
  let ecr: RunningEcr;
  let registry: Registry;
  beforeEach(async () => {
    ecr = await startEcr();
    registry = connect(ecr.host, { kind: 'ecr' });
    ecr.state.push(repository, one, ['pr-7', 'pr-8', 'v1.0.0']);
    ecr.state.push(repository, two, ['prod']);
  });
  afterEach(() => ecr.stop());
  const there = ({ digest }: BuiltImage) => ecr.state.store.manifest(repository, digest) !== undefined;

  test('a tag of any name that came to the image keeps it', async () => {
    const plan = await planRemoval(registry, { repository, kind: 'delete', reference: one.digest });
    const outcomes = await apply(plan, registry, () => ecr.state.store.tag(repository, 'customer-acme', one.digest));
    expect(outcomes).toEqual([{ status: 'stale', tag: 'customer-acme', found: one.digest }]);
    expect(there(one)).toBe(true);
  });

  test('a tag that has become the last one stays: the image would go with it', async () => {
    const plan = await planRemoval(registry, { repository, kind: 'untag', reference: 'pr-7' });
    const outcomes = await apply(plan, registry, () => {
      for (const tag of ['pr-8', 'v1.0.0']) ecr.state.store.tag(repository, tag, two.digest);
    });
    expect(outcomes).toEqual([{ status: 'stale', tag: 'pr-7', found: one.digest }]);
    expect(there(one)).toBe(true);
  });

  test('of several tags the one that has become the last stays too', async () => {
    const found = await survey(registry, repository);
    const removals = ['pr-7', 'pr-8'].map(tag => removalOf(registry, { kind: 'untag', digest: one.digest, tag }, found));
    const outcomes = await apply(planOf(registry, repository, removals, found), registry, () =>
      ecr.state.store.tag(repository, 'v1.0.0', two.digest),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['removed', 'stale']);
    expect(there(one)).toBe(true);
  });

  test('trouble in the middle does not hide what is gone', async () => {
    const found = await survey(registry, repository);
    const removals = ['pr-7', 'pr-8'].map(tag => removalOf(registry, { kind: 'untag', digest: one.digest, tag }, found));
    const outcomes: RemovalOutcome[] = [];
    for await (const { outcome } of applyRemovals(planOf(registry, repository, removals, found), registry)) {
      outcomes.push(outcome);
      ecr.faults.add({ kind: 'error', name: 'AccessDeniedException', status: 400, operation: 'BatchGetImage' });
    }
    expect(outcomes).toMatchObject([{ status: 'removed' }, { status: 'failed', error: { code: 'DENIED' } }]);
  });
});

describe('at GitHub Container Registry', () => {
  const on = gitHubStage();

  test('a version that got another tag meanwhile keeps all of them', async () => {
    for (const [built, tags] of [
      [one, ['pr-7']],
      [two, ['prod']],
    ] as const)
      on.github.state.push('acme/shop', built.bytes, tags, '2026-11-01T08:00:00Z', built.mediaType);
    const registry = on.open();
    const plan = await planRemoval(registry, { repository: 'acme/shop', kind: 'delete', reference: 'pr-7' });
    const outcomes = await apply(plan, registry, () => on.github.state.store.tag('acme/shop', 'v9.0.0', one.digest));
    expect(outcomes).toEqual([{ status: 'stale', tag: 'v9.0.0', found: one.digest }]);
    expect(on.github.state.store.tags('acme/shop')).toEqual(['pr-7', 'prod', 'v9.0.0']);
  });
});

describe('at Docker Hub', () => {
  const on = hubStage();

  test('a tag that has become the last one stays', async () => {
    push(on.hub.state.store, 'moby/shop', one, ['pr-7', 'v1']);
    push(on.hub.state.store, 'moby/shop', two, ['prod']);
    on.hub.state.moved('moby/shop', ['pr-7', 'v1', 'prod'], at(1));
    const registry = on.open();
    const plan = await planRemoval(registry, { repository: 'moby/shop', kind: 'untag', reference: 'pr-7' });
    const outcomes = await apply(plan, registry, () => {
      on.hub.state.store.tag('moby/shop', 'v1', two.digest);
      on.hub.state.moved('moby/shop', ['v1'], at(2));
    });
    expect(outcomes).toEqual([{ status: 'stale', tag: 'pr-7', found: one.digest }]);
    expect(on.hub.state.store.tags('moby/shop')).toEqual(['pr-7', 'prod', 'v1']);
  });
});
