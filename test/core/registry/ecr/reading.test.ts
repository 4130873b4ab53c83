import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../../core/image/digest.ts';
import { describeImage } from '../../../../core/registry/describe.ts';
import type { ListedImage } from '../../../../core/registry/listing.ts';
import { connect } from '../../../../core/registry/providers/index.ts';
import type { Registry } from '../../../../core/registry/registry.ts';
import { type RunningEcr, startEcr } from '../../../fakes/ecr/server.ts';
import { commit, image } from '../../promotion/team.ts';
import { asPerson } from './person.ts';

asPerson();
let running: RunningEcr;
let registry: Registry;
beforeEach(async () => {
  running = await startEcr();
  registry = connect(running.host, { kind: 'ecr' });
});
afterEach(() => running.stop());

async function list(repository: string, pageSize?: number): Promise<readonly ListedImage[]> {
  const rows: ListedImage[] = [];
  for await (const { images } of registry.images(repository, pageSize === undefined ? {} : { pageSize })) rows.push(...images);
  return rows;
}

async function all(names: AsyncIterable<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const name of names) found.push(name);
  return found;
}

const operations = () => running.calls.map(({ operation }) => operation);

describe('listing', () => {
  test('a row is an image with its tags, dates, size, scan and what it is attached to', async () => {
    const app = image('one');
    const digest = running.state.push('team/app', app, ['prod', 'v1'], { pulledAt: 1_790_000_000, scan: { HIGH: 2 } });
    const subject = { mediaType: app.mediaType, digest, size: app.bytes.length };
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 };
    const signature = running.state.put('team/app', {
      schemaVersion: 2,
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      config,
      layers: [],
      subject,
    });
    const rows = await list('team/app');
    expect(rows.find(row => row.digest === digest)).toMatchObject({
      tags: ['prod', 'v1'],
      pushedAt: '2026-11-01T00:02:00.000Z',
      pulledAt: '2026-09-21T14:13:20.000Z',
      mediaType: app.mediaType,
      vulnerabilities: { HIGH: 2 },
      size: expect.any(Number),
    });
    expect(rows.find(row => row.digest === signature)).toMatchObject({
      tags: [],
      subject: digest,
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    });
    // Amazon names a type for images too; they are still no artifacts.
    expect(rows.filter(({ artifactType }) => artifactType !== undefined).map(row => row.digest)).toEqual([signature]);
    // The index, its four children, the signature.
    expect(rows.length).toBe(1 + app.children.length + 1);
  });

  test('ten thousand tags in ten calls, and a small first page in one', async () => {
    running.state.fill('team/app', 10_000);
    const rows = await list('team/app');
    expect(rows).toHaveLength(10_000);
    expect(new Set(rows.flatMap(({ tags }) => tags)).size).toBe(10_000);
    expect(operations()).toEqual(Array.from({ length: 10 }, () => 'DescribeImages'));
    running.calls.length = 0;
    for await (const { images } of registry.images('team/app', { pageSize: 100 })) {
      expect(images).toHaveLength(100);
      break;
    }
    expect(running.calls.map(({ input }) => input['maxResults'])).toEqual([100]);
    expect(await list('team/app', 100)).toHaveLength(10_000);
  });

  test('where a token is good for pages of one size alone, pages stay small', async () => {
    running.state.fill('team/app', 450);
    running.state.steadyPages = true;
    expect(await list('team/app', 100)).toHaveLength(450);
    expect(running.calls.map(({ input }) => input['maxResults'])).toEqual([100, 1000, 100, 100, 100, 100]);
  });

  test('archived images are shown as such', async () => {
    const digest = running.state.push('team/app', image('old', { architectures: ['amd64'] }), ['v0'], { status: 'ARCHIVED' });
    expect((await list('team/app')).find(row => row.digest === digest)).toMatchObject({ archived: true });
  });

  test('tags and repositories are listed over all pages', async () => {
    running.state.fill('team/app', 2345);
    for (let index = 0; index < 1200; index++) running.state.create(`team/service-${index}`);
    expect(await all(registry.tags('team/app'))).toHaveLength(2345);
    expect(await all(registry.repositories())).toHaveLength(1201);
    expect(operations()).toEqual(['ListImages', 'ListImages', 'ListImages', 'DescribeRepositories', 'DescribeRepositories']);
  });

  test.each(['DescribeImages', 'ListImages', 'DescribeRepositories'])('%s that never ends is left', async operation => {
    running.state.fill('team/app', 30);
    running.faults.add({ kind: 'endlessPaging', operation });
    const lists = {
      DescribeImages: () => list('team/app'),
      ListImages: () => all(registry.tags('team/app')),
      DescribeRepositories: () => all(registry.repositories()),
    };
    await expect(lists[operation as keyof typeof lists]()).rejects.toMatchObject({ code: 'PAGING' });
    expect(running.calls.length).toBeLessThan(5);
  });

  test('a repository that is not there has a name in the error', async () => {
    await expect(list('team/nope')).rejects.toMatchObject({ code: 'NAME_UNKNOWN', subject: 'team/nope' });
  });
});

describe('looking', () => {
  test('tags are looked up in two calls; what is not there is left out', async () => {
    const app = image('one');
    const digest = running.state.push('team/app', app, ['prod', 'latest']);
    const found = await registry.lookUp('team/app', ['prod', 'staging', 'latest']);
    expect([...found.keys()]).toEqual(['prod', 'latest']);
    expect(found.get('prod')).toMatchObject({
      digest,
      tags: ['prod', 'latest'],
      platforms: ['linux/amd64', 'linux/arm64'],
      pushedAt: expect.any(String),
    });
    expect(operations()).toEqual(['BatchGetImage', 'DescribeImages']);
  });

  test('more tags than one call may name', async () => {
    running.state.fill('team/app', 250);
    expect(
      (
        await registry.lookUp(
          'team/app',
          Array.from({ length: 250 }, (_, index) => `v1.${index}.0`),
        )
      ).size,
    ).toBe(250);
    expect(running.calls).toHaveLength(6);
  });

  test('an image that goes away between the two calls is still known by its tag', async () => {
    const digest = running.state.push('team/app', image('one'), ['prod']);
    running.faults.add({
      kind: 'before',
      operation: 'DescribeImages',
      count: 1,
      run: () => running.state.store.remove('team/app', digest),
    });
    expect((await registry.lookUp('team/app', ['prod'])).get('prod')).toMatchObject({ digest });
  });

  test('a manifest is its exact bytes, an index stays one', async () => {
    const app = image('one');
    const digest = running.state.push('team/app', app, ['prod']);
    const manifest = await registry.manifest('team/app', 'prod');
    expect(manifest).toMatchObject({ digest, mediaType: app.mediaType });
    expect(digestOf(manifest?.bytes ?? '')).toBe(digest);
    expect(await registry.resolve('team/app', 'prod')).toEqual({ digest, mediaType: app.mediaType, size: app.bytes.length });
    expect(await registry.resolve('team/app', 'nope')).toBeUndefined();
    expect(await registry.manifest('team/app', digestOf('nothing'))).toBeUndefined();
    expect(operations().every(operation => operation === 'BatchGetImage')).toBe(true);
  });

  test('manifests that are wanted at the same time come in one call; who leaves takes nothing from the others', async () => {
    running.state.fill('team/app', 150);
    const leaving = new AbortController();
    const gone = registry.manifest('team/app', 'v1.0.0', { signal: leaving.signal });
    const rest = Promise.all(Array.from({ length: 150 }, (_, index) => registry.resolve('team/app', `v1.${index}.0`)));
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    expect(new Set((await rest).map(found => found?.digest)).size).toBe(150);
    expect(operations()).toEqual(['BatchGetImage', 'BatchGetImage']);
  });

  test('one that cannot be read leaves the others alone', async () => {
    running.state.push('team/app', image('one'), ['prod']);
    running.state.push('team/app', image('two'), ['old'], { status: 'ARCHIVED' });
    const [prod, old] = await Promise.allSettled([registry.manifest('team/app', 'prod'), registry.manifest('team/app', 'old')]);
    expect(prod).toMatchObject({ status: 'fulfilled', value: { digest: expect.any(String) } });
    expect(old).toMatchObject({ status: 'rejected', reason: { code: 'DENIED', subject: 'team/app:old' } });
    const found = await registry.lookUp('team/app', ['prod', 'old']);
    expect(found.get('prod')).toMatchObject({ pushedAt: expect.any(String) });
    expect(found.get('old')).toMatchObject({ archived: true, digest: expect.any(String) });
  });

  test('a tag whose manifest comes translated is there all the same', async () => {
    const digest = running.state.push('team/app', image('one'), ['prod']);
    running.faults.add({ kind: 'translated', operation: 'BatchGetImage' });
    expect((await registry.lookUp('team/app', ['prod'])).get('prod')).toMatchObject({ digest, tags: ['prod'] });
  });

  test('bytes that are not what the digest says are not used: the distribution API is asked', async () => {
    const app = image('one');
    const digest = running.state.push('team/app', app, ['prod']);
    running.faults.add({ kind: 'translated', operation: 'BatchGetImage' });
    expect(await registry.manifest('team/app', 'prod')).toMatchObject({ digest, mediaType: app.mediaType });
    expect(operations()).toContain('GET /v2/team/app/manifests/prod');
  });

  test('configs are read over the distribution API with one token', async () => {
    const app = image('one', { architectures: ['amd64'] });
    running.state.push('team/app', app, ['prod']);
    const described = await describeImage(registry, 'team/app', 'prod');
    expect(described).toMatchObject({ platforms: ['linux/amd64'], revision: commit('one') });
    await describeImage(registry, 'team/app', 'prod');
    expect(operations().filter(operation => operation === 'GetAuthorizationToken')).toHaveLength(1);
  });

  test('what is attached: over pages of the API, the tag that stands in for it, and the tags of cosign before bundles', async () => {
    const app = image('one');
    const digest = running.state.push('team/app', app, ['prod']);
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 };
    const subject = { mediaType: app.mediaType, digest, size: app.bytes.length };
    const artifactType = 'application/spdx+json';
    const attach = (index: number) =>
      running.state.put('team/app', {
        schemaVersion: 2,
        artifactType,
        config,
        layers: [],
        subject,
        annotations: { index: `${index}\u202e` },
      });
    for (let index = 0; index < 60; index++) attach(index);
    const old = running.state.put('team/app', { schemaVersion: 2, config, layers: [] }, [`${digest.replace(':', '-')}.sig`]);
    const referrers = await registry.referrers('team/app', digest);
    expect(referrers).toHaveLength(61);
    expect(referrers[0]).toMatchObject({ artifactType, annotations: new Map([['index', expect.stringMatching(/^\d+$/)]]) });
    expect(referrers.at(-1)).toMatchObject({ digest: old, artifactType: expect.stringContaining('cosign') });
    expect(operations().sort()).toEqual(['BatchGetImage', 'ListImageReferrers', 'ListImageReferrers']);
  });

  test.each(['UnknownOperationException', 'ValidationException', 'AccessDeniedException'])(
    'without ListImageReferrers (%s) the distribution API tells',
    async name => {
      const app = image('one');
      const digest = running.state.push('team/app', app, ['prod']);
      const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 };
      running.state.put('team/app', { schemaVersion: 2, artifactType: 'a/b', config, layers: [], subject: { digest, size: 1 } });
      running.faults.add({ kind: 'error', operation: 'ListImageReferrers', name, status: 400 });
      expect(await registry.referrers('team/app', digest)).toMatchObject([{ artifactType: 'a/b' }]);
    },
  );
});
