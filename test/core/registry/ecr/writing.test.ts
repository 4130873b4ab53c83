import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../../../core/image/digest.ts';
import { RegistryError } from '../../../../core/registry/errors.ts';
import { explain } from '../../../../core/registry/explain.ts';
import { connect } from '../../../../core/registry/providers/index.ts';
import type { Manifest, Registry } from '../../../../core/registry/registry.ts';
import { type RunningEcr, startEcr } from '../../../fakes/ecr/server.ts';
import { image } from '../../promotion/team.ts';
import { asPerson } from './person.ts';

asPerson();
const app = image('one');
let running: RunningEcr;
let registry: Registry;
let digest: Digest;
beforeEach(async () => {
  running = await startEcr();
  registry = connect(running.host, { kind: 'ecr' });
  digest = running.state.push('team/app', app, ['prod', 'v1']);
});
afterEach(() => running.stop());

const tags = () => running.state.store.tags('team/app');
const manifest = (): Manifest => ({ digest, mediaType: app.mediaType, size: app.bytes.length, bytes: app.bytes });

describe('deleting', () => {
  test('a tag goes, its image stays; with the last tag the image goes too', async () => {
    await registry.untag('team/app', 'prod');
    expect(tags()).toEqual(['v1']);
    expect(registry.abilities).toMatchObject({ untag: true, lastTagDeletes: true });
    await registry.untag('team/app', 'v1');
    expect(running.state.store.manifest('team/app', digest)).toBeUndefined();
  });

  test('an image goes with all of its tags', async () => {
    await registry.remove('team/app', digest);
    expect(tags()).toEqual([]);
  });

  test('a part of an index stays, and it is said why', async () => {
    const child = app.children[0]?.digest ?? digest;
    const error = await registry.remove('team/app', child).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'REFERENCED', subject: `team/app@${child}` });
    expect(explain(error as RegistryError)).toContain('is part of a multi-platform image');
    expect(running.state.store.manifest('team/app', child)).toBeDefined();
  });

  test('what is not there is deleted already', async () => {
    await registry.untag('team/app', 'nope');
    await registry.remove('team/app', `sha256:${'0'.repeat(64)}`);
    expect(tags()).toEqual(['prod', 'v1']);
  });

  test('it is sent once, also where the answer is lost', async () => {
    running.faults.add({ kind: 'resetAfter', operation: 'BatchDeleteImage' });
    await expect(registry.untag('team/app', 'prod')).rejects.toMatchObject({ code: 'RESET' });
    expect(running.calls).toHaveLength(1);
    expect(tags()).toEqual(['v1']);
  });
});

describe('writing', () => {
  test('a tag is moved by the exact bytes', async () => {
    const other = image('two');
    running.state.push('team/app', other, ['v2']);
    await registry.putManifest('team/app', 'prod', {
      digest: other.digest,
      mediaType: other.mediaType,
      size: other.bytes.length,
      bytes: other.bytes,
    });
    expect((await registry.resolve('team/app', 'prod'))?.digest).toBe(other.digest);
  });

  test('a tag that names the image already is no trouble, immutable or not', async () => {
    expect(await registry.putManifest('team/app', 'prod', manifest())).toBe(digest);
    const repository = running.state.repositories.get('team/app');
    if (repository) repository.mutability = 'IMMUTABLE';
    running.faults.add({ kind: 'immutableAgain', operation: '/v2' });
    expect(await registry.putManifest('team/app', 'prod', manifest())).toBe(digest);
  });

  test('an immutable tag that names another image is not moved, and the registry says why', async () => {
    const repository = running.state.repositories.get('team/app');
    if (repository) repository.mutability = 'IMMUTABLE';
    const other = image('two');
    running.state.push('team/app', other, ['v2']);
    const wanted = { digest: other.digest, mediaType: other.mediaType, size: other.bytes.length, bytes: other.bytes };
    const error = await registry.putManifest('team/app', 'prod', wanted).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RegistryError);
    expect(explain(error as RegistryError)).toContain('cannot be overwritten because the tag is immutable');
    expect((await registry.resolve('team/app', 'prod'))?.digest).toBe(digest);
  });
});
