import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspect } from '../../../core/inspection/inspect.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import { applyRemovals } from '../../../core/removal/apply.ts';
import type { RemovalOutcome } from '../../../core/removal/model.ts';
import { planRemoval } from '../../../core/removal/plan.ts';
import { type DockerRegistry, startDockerRegistry } from '../../fakes/dockerRegistry.ts';
import { upload } from '../../fakes/upload.ts';
import { describeWith } from '../../fakes/without.ts';
import { image } from '../promotion/team.ts';

const repository = 'team/app';

async function remove({ host }: DockerRegistry, kind: 'untag' | 'delete', reference: string): Promise<RemovalOutcome | undefined> {
  const plan = await planRemoval(connect(host), { repository, kind, reference });
  for await (const { outcome } of applyRemovals(plan, connect(host))) return outcome;
  return undefined;
}

async function names({ host }: DockerRegistry): Promise<string[]> {
  const found: string[] = [];
  for await (const tag of connect(host).tags(repository)) found.push(tag);
  return found.sort();
}

describeWith('docker-registry', 'removing from a real docker-registry', () => {
  const one = image('one');
  let open: DockerRegistry;
  let closed: DockerRegistry;
  beforeAll(async () => {
    [open, closed] = await Promise.all([startDockerRegistry(), startDockerRegistry({ allowDelete: false })]);
    for (const registry of [open, closed]) {
      await upload(registry, repository, one, ['pr-7', 'v1.0.0']);
      await upload(registry, repository, image('two'), ['prod']);
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all([open?.stop(), closed?.stop()]);
  });

  test('inspects what was pushed', async () => {
    const found = await inspect(connect(open.host), repository, 'pr-7');
    expect(found).toMatchObject({ digest: one.digest, troubles: [], images: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }] });
  });

  test('cannot take a tag away alone, and says so', async () => {
    expect(await remove(open, 'untag', 'pr-7')).toMatchObject({ status: 'failed', error: { code: 'UNSUPPORTED' } });
    expect(await names(open)).toEqual(['pr-7', 'prod', 'v1.0.0']);
    const registry = connect(open.host);
    expect(registry.abilities).toMatchObject({ untag: true, remove: true });
    await expect(registry.untag(repository, 'pr-7')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(registry.abilities).toMatchObject({ untag: false, remove: true });
  });

  test('would delete a part of a live index, so it is never asked to', async () => {
    expect(await remove(open, 'delete', one.children[0]?.digest ?? '')).toMatchObject({ status: 'refused' });
    expect(await connect(open.host).resolve(repository, one.children[0]?.digest ?? '')).toBeDefined();
  });

  test('deletes an image with all its tags', async () => {
    expect(await remove(open, 'delete', 'pr-7')).toEqual({ status: 'removed' });
    expect(await names(open)).toEqual(['prod']);
  });

  test('with deleting switched off changes nothing', async () => {
    expect(await remove(closed, 'delete', 'pr-7')).toMatchObject({ status: 'failed', error: { code: 'UNSUPPORTED' } });
    expect(await names(closed)).toEqual(['pr-7', 'prod', 'v1.0.0']);
  });
});
