import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../core/image/digest.ts';
import { readHistory } from '../../demo/history/history.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { Store } from '../../demo/registry/store.ts';
import { apiRepository, inProduction, seed, webRepository } from '../../demo/seed.ts';
import { startDockerRegistry } from '../fakes/dockerRegistry.ts';
import { rawDigest, skopeo } from '../fakes/skopeo.ts';
import { describeWith } from '../fakes/without.ts';

const history = readHistory(join(import.meta.dirname, '..', '..', 'demo', 'workspace'));
const repositories = [apiRepository, webRepository];

let registry: RunningRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  seed(registry.store, history);
});
afterAll(() => registry.stop());

interface Content {
  readonly manifests?: readonly { digest: Digest; platform: { os: string; architecture: string }; annotations?: Record<string, string> }[];
  readonly config?: { digest: Digest; mediaType: string };
  readonly layers?: readonly { digest: Digest; size: number; mediaType: string }[];
}

function read(repository: string, reference: string): Content {
  const manifest = registry.store.manifest(repository, reference);
  return JSON.parse(Buffer.from(manifest?.bytes ?? []).toString('utf8')) as Content;
}

function labels(repository: string, tag: string): Record<string, string> {
  const child = read(repository, tag).manifests?.[0]?.digest ?? '';
  const bytes = registry.store.blob(repository, read(repository, child).config?.digest ?? 'sha256:');
  return (JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as { config: { Labels: Record<string, string> } }).config.Labels;
}

test('the same digests come out each time', () => {
  const again = new Store();
  seed(again, readHistory(join(import.meta.dirname, '..', '..', 'demo', 'workspace')));
  for (const repository of repositories) {
    expect(again.repository(repository)?.tags).toEqual(registry.store.repository(repository)?.tags);
    expect([...(again.repository(repository)?.manifests.keys() ?? [])]).toEqual([
      ...(registry.store.repository(repository)?.manifests.keys() ?? []),
    ]);
  }
});

test.for(repositories)("%s has tags of every kind that a team's has", repository => {
  const tags = registry.store.tags(repository);
  expect(tags).toEqual(expect.arrayContaining(['latest', 'staging', 'prod', 'buildcache', 'v1.4.2', 'v1.5.0']));
  for (const pattern of [/^sha-[0-9a-f]{40}$/, /^pr-42-[0-9a-f]{7}$/]) expect(tags.some(tag => pattern.test(tag))).toBe(true);
  expect(tags.filter(tag => /^prod-\d{8}-[0-9a-f]{7}$/.test(tag))).toHaveLength(3);
});

test.for(repositories)('%s: prod is one release behind staging', repository => {
  const digest = (tag: string) => registry.store.manifest(repository, tag)?.digest;
  expect(digest('prod')).toBe(digest(inProduction));
  expect(digest('staging')).toBe(digest('v1.5.0'));
  expect(digest('staging')).toBe(digest('latest'));
  expect(digest('prod')).not.toBe(digest('staging'));
});

test.for(repositories)('%s: the labels name commits of the example and their releases', repository => {
  const commit = (tag: string) => history.main.find(({ step }) => step.tag === tag)?.sha;
  expect(labels(repository, 'prod')).toMatchObject({
    'org.opencontainers.image.revision': commit('v1.4.2'),
    'org.opencontainers.image.version': '1.4.2',
    'org.opencontainers.image.created': '2026-11-13T08:24:15Z',
    'org.opencontainers.image.source': 'https://github.com/acme/shop',
  });
  expect(labels(repository, 'staging')['org.opencontainers.image.revision']).toBe(history.main.at(-1)?.sha);
  for (const tag of registry.store.tags(repository).filter(name => name.startsWith('sha-'))) {
    expect(`sha-${labels(repository, tag)['org.opencontainers.image.revision']}`).toBe(tag);
  }
});

test.for(repositories)('%s: prod is an index for amd64 and arm64 with the provenance of each', repository => {
  const { manifests = [] } = read(repository, 'prod');
  expect(manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`)).toEqual([
    'linux/amd64',
    'linux/arm64',
    'unknown/unknown',
    'unknown/unknown',
  ]);
  const [amd64, arm64, ...attestations] = manifests;
  expect(attestations.map(({ annotations }) => annotations)).toEqual(
    [amd64, arm64].map(subject => ({
      'vnd.docker.reference.digest': subject?.digest,
      'vnd.docker.reference.type': 'attestation-manifest',
    })),
  );
});

test.for(repositories)('%s: every digest and size is that of real bytes, and layers unpack', repository => {
  for (const { digest, bytes } of registry.store.repository(repository)?.manifests.values() ?? []) {
    expect(digestOf(bytes)).toBe(digest);
    for (const layer of read(repository, digest).layers ?? []) {
      const blob = registry.store.blob(repository, layer.digest) ?? new Uint8Array();
      expect([digestOf(blob), blob.length]).toEqual([layer.digest, layer.size]);
      if (layer.mediaType.endsWith('gzip')) expect(gunzipSync(blob).length % 512).toBe(0);
    }
  }
});

test.for(repositories)('%s: buildcache is a BuildKit cache as an image manifest', repository => {
  const { config, layers = [] } = read(repository, 'buildcache');
  expect(config?.mediaType).toBe('application/vnd.buildkit.cacheconfig.v0');
  const bytes = registry.store.blob(repository, config?.digest ?? 'sha256:');
  const cache = JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as { layers: { blob: string }[] };
  expect(cache.layers.map(({ blob }) => blob)).toEqual(layers.map(({ digest }) => digest));
});

test.for(repositories)('%s: one index has no tag any more', repository => {
  const stored = registry.store.repository(repository);
  const named = new Set(stored?.tags.values());
  const children = [...(stored?.manifests.keys() ?? [])].flatMap(digest =>
    (read(repository, digest).manifests ?? []).map(child => child.digest),
  );
  const untagged = [...(stored?.manifests.keys() ?? [])].filter(digest => !named.has(digest) && !children.includes(digest));
  expect(untagged).toHaveLength(1);
});

describeWith('skopeo', 'skopeo on the seeded registry', () => {
  test.for(repositories)('copies %s:prod with all platforms, and the index keeps its sha256', async repository => {
    const expected = registry.store.manifest(repository, 'prod')?.digest;
    expect(await rawDigest(`${registry.host}/${repository}:prod`)).toBe(expected);
    const copy = `docker://${registry.host}/copies/${repository}:prod`;
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    await skopeo('copy', '--all', ...plain, `docker://${registry.host}/${repository}:prod`, copy);
    expect(await rawDigest(`${registry.host}/copies/${repository}:prod`)).toBe(expected);
  });

  test('lists the tags and reads the labels', async () => {
    const seen = await skopeo('inspect', '--tls-verify=false', `docker://${registry.host}/${apiRepository}:prod`);
    const { RepoTags: tags, Labels: found } = JSON.parse(seen.toString('utf8')) as { RepoTags: string[]; Labels: Record<string, string> };
    expect(tags).toEqual(registry.store.tags(apiRepository));
    expect(found).toEqual(labels(apiRepository, 'prod'));
  });
});

describeWith(['skopeo', 'docker-registry'], 'the seeded images in docker-registry', () => {
  test('skopeo pushes them there, and their digests stay', async () => {
    const docker = await startDockerRegistry();
    try {
      for (const tag of ['prod', 'staging', 'buildcache']) {
        const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
        await skopeo(
          'copy',
          '--all',
          ...plain,
          `docker://${registry.host}/${apiRepository}:${tag}`,
          `docker://${docker.host}/shop/api:${tag}`,
        );
        expect(await rawDigest(`${docker.host}/shop/api:${tag}`)).toBe(registry.store.manifest(apiRepository, tag)?.digest);
      }
    } finally {
      await docker.stop();
    }
  });
});
