import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../../core/image/digest.ts';
import { attachmentsOf } from '../../../core/registry/attachments.ts';
import { RegistryError } from '../../../core/registry/errors.ts';
import type { ListedImage, ListingPage } from '../../../core/registry/listing.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { imageIndex, imageManifest } from '../../../demo/registry/manifests.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { pushBlob } from '../../fakes/conformance/raw.ts';
import { startDockerRegistry } from '../../fakes/dockerRegistry.ts';
import { describeWith } from '../../fakes/without.ts';
import { image, push } from '../promotion/team.ts';

const repository = 'team/app';

/** What a server of the distribution API does that others do otherwise. */
interface Server {
  start(options?: { allowDelete?: boolean }): Promise<{ host: string; stop(): Promise<void> }>;
  /** It deletes a tag and leaves its image. */
  readonly untags: boolean;
  readonly hasReferrers: boolean;
  /** It lists tags in pages; distribution 2.8 sends all of them, unsorted. */
  readonly pages: boolean;
}

async function pagesOf(registry: Registry, pageSize?: number): Promise<readonly ListingPage[]> {
  const pages: ListingPage[] = [];
  for await (const page of registry.images(repository, pageSize === undefined ? {} : { pageSize })) pages.push(page);
  return pages;
}

const tagsIn = (pages: readonly ListingPage[]) => pages.flatMap(({ images }) => images.flatMap(({ tags }) => tags));

async function code(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof RegistryError ? error.code : String(error ?? 'done');
}

/** Pushes a blob and a manifest over the wire, as any client does. */
async function pushTo(host: string, manifest: object, tag?: string, mediaType = imageManifest): Promise<Digest> {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag ?? digest}`, {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: bytes,
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  return digest;
}

async function pushConfig(host: string, text: string): Promise<{ mediaType: string; digest: string; size: number }> {
  const digest = await pushBlob(`http://${host}`, repository, text);
  return { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: text.length };
}

const manifestOf = (config: object, more: object = {}) => ({
  schemaVersion: 2,
  mediaType: imageManifest,
  config,
  layers: [config],
  ...more,
});
const entry = (digest: Digest) => ({ mediaType: imageManifest, digest, size: 100 });

function lists({ start, untags, hasReferrers, pages }: Server): void {
  let running: { host: string; stop(): Promise<void> };
  let registry: Registry;
  let one: Digest;
  let two: Digest;
  beforeAll(async () => {
    running = await start();
    registry = connect(running.host);
    const config = await pushConfig(running.host, '{"os":"linux","architecture":"amd64"}');
    one = await pushTo(running.host, manifestOf(config, { annotations: { n: '1' } }), 'prod');
    await pushTo(running.host, manifestOf(config, { annotations: { n: '1' } }), 'v1');
    two = await pushTo(running.host, manifestOf(config, { annotations: { n: '2' } }), 'staging');
  });
  afterAll(() => running?.stop());

  test('images are the tags, in pages as large as they are asked for', async () => {
    const all = await pagesOf(registry);
    expect([all.length, [...tagsIn(all)].sort()]).toEqual([1, ['prod', 'staging', 'v1']]);
    const found = await pagesOf(registry, 2);
    expect(found.map(({ images }) => images.length)).toEqual(pages ? [2, 1] : [3]);
    expect([...tagsIn(found)].sort()).toEqual(['prod', 'staging', 'v1']);
    expect(registry.abilities).toMatchObject({ repositories: true, digests: false, dates: false, search: false });
  });

  test('tags are looked up with digest and type; those that are not there are left out', async () => {
    const found = await registry.lookUp(repository, ['prod', 'nope', 'staging', 'v1']);
    const row = (tag: string, digest: Digest): [string, ListedImage] => [tag, { digest, mediaType: imageManifest, tags: [tag] }];
    expect([...found]).toEqual([row('prod', one), row('staging', two), row('v1', one)]);
    expect(await registry.lookUp(repository, [])).toEqual(new Map());
    expect(await registry.lookUp('team/none', ['prod'])).toEqual(new Map());
  });

  test('what is attached comes from the API or from the index under the tag that stands in for it, and from cosign’s tags', async () => {
    expect(await registry.referrers(repository, two)).toEqual([]);
    const config = await pushConfig(running.host, '{}');
    const attached = await pushTo(
      running.host,
      manifestOf(config, {
        artifactType: 'application/vnd.example.sbom\u202e',
        subject: entry(one),
        annotations: { 'org.example.by\u001b[31m': 'a\nb' },
      }),
    );
    const fallback = {
      ...entry(attached),
      artifactType: 'application/vnd.example.sbom\u202e',
      annotations: { 'org.example.by\u001b[31m': 'a\nb' },
    };
    if (!hasReferrers) {
      const index = { schemaVersion: 2, mediaType: imageIndex, manifests: [fallback] };
      await pushTo(running.host, index, one.replace(':', '-'), imageIndex);
    }
    const signature = await pushTo(running.host, manifestOf(config, { annotations: { cosign: 'yes' } }), `${one.replace(':', '-')}.sig`);
    const found = await registry.referrers(repository, one);
    expect(found.map(({ digest, artifactType }) => [digest, artifactType])).toEqual([
      [attached, 'application/vnd.example.sbom'],
      [signature, 'application/vnd.dev.cosign.artifact.sig.v1+json'],
    ]);
    expect([...(found[0]?.annotations ?? [])]).toEqual([['org.example.by[31m', 'a b']]);
  });

  test(untags ? 'a tag is taken away and its image stays' : 'a tag alone cannot be taken away, which is said so', async () => {
    await pushTo(running.host, JSON.parse(Buffer.from((await registry.manifest(repository, 'prod'))?.bytes ?? '').toString()), 'spare');
    expect(await code(registry.untag(repository, 'spare'))).toBe(untags ? 'done' : 'UNSUPPORTED');
    expect((await registry.resolve(repository, 'spare'))?.digest).toBe(untags ? undefined : one);
    expect((await registry.resolve(repository, one))?.digest).toBe(one);
    expect(await code(registry.untag(repository, '../v1'))).toBe('TAG_INVALID');
  });

  test('an image is deleted with all of its tags, and again is no trouble', async () => {
    await registry.remove(repository, one);
    expect(await registry.lookUp(repository, ['prod', 'v1'])).toEqual(new Map());
    expect((await registry.resolve(repository, 'staging'))?.digest).toBe(two);
    expect(await code(registry.remove(repository, one))).toBe('done');
  });

  test('a registry that deletes nothing says so', async () => {
    const fixed = await start({ allowDelete: false });
    try {
      const config = await pushConfig(fixed.host, '{}');
      const digest = await pushTo(fixed.host, manifestOf(config), 'prod');
      expect(await code(connect(fixed.host).remove(repository, digest))).toBe('UNSUPPORTED');
      expect(await code(connect(fixed.host).untag(repository, 'prod'))).toBe('UNSUPPORTED');
      expect((await connect(fixed.host).resolve(repository, 'prod'))?.digest).toBe(digest);
    } finally {
      await fixed.stop();
    }
  });
}

describe('the demo registry', () => lists({ start: options => startRegistry(options), untags: true, hasReferrers: true, pages: true }));
describeWith('docker-registry', "Debian's docker-registry", () =>
  lists({ start: options => startDockerRegistry(options), untags: false, hasReferrers: false, pages: false }),
);

describe('what is attached, where the API is odd', () => {
  let running: RunningRegistry;
  let digest: Digest;
  beforeAll(async () => {
    running = await startRegistry();
    digest = push(running.store, repository, image('one'), ['prod']);
    const config = running.store.putBlob(repository, Buffer.from('{}'));
    const part = { mediaType: 'application/vnd.oci.empty.v1+json', digest: config, size: 2 };
    const sbom = Buffer.from(JSON.stringify(manifestOf(part, { artifactType: 'application/spdx+json' })));
    const attached = running.store.putManifest(repository, imageManifest, sbom);
    const index = { schemaVersion: 2, mediaType: imageIndex, manifests: [{ ...entry(attached), artifactType: 'application/spdx+json' }] };
    running.store.putManifest(repository, imageIndex, Buffer.from(JSON.stringify(index)), [digest.replace(':', '-')]);
  });
  afterAll(() => running?.stop());

  const path = /\/referrers\//;
  const types = async () => (await connect(running.host).referrers(repository, digest)).map(({ artifactType }) => artifactType);
  test.each([
    ['404', { kind: 'status', status: 404 }],
    ['404 as a web page', { kind: 'html', status: 404 }],
    ['405', { kind: 'status', status: 405 }],
    ['303 to a web page', { kind: 'redirect', to: 'https://github.invalid', status: 303 }],
    ['a web page', { kind: 'html' }],
  ] as const)('%s leads to the tag that stands in for it', async (_name, fault) => {
    const off = running.faults.add({ ...fault, path });
    expect(await types()).toEqual(['application/spdx+json']);
    off();
  });

  test('an empty answer too', async () => {
    expect(await types()).toEqual(['application/spdx+json']);
  });

  test('what the stand-in says nothing of, or only that its config is empty, is opened', async () => {
    const bundle = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    const signed = push(running.store, repository, image('signed'), ['signed']);
    const part = { mediaType: 'application/vnd.oci.empty.v1+json', digest: running.store.putBlob(repository, Buffer.from('{}')), size: 2 };
    const annotations = { 'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1' };
    const manifests = ['application/vnd.oci.empty.v1+json', undefined].map((artifactType, number) => {
      const bytes = Buffer.from(
        JSON.stringify(manifestOf(part, { artifactType: bundle, annotations: { ...annotations, number: `${number}` } })),
      );
      return { ...entry(running.store.putManifest(repository, imageManifest, bytes)), ...(artifactType && { artifactType }) };
    });
    const index = { schemaVersion: 2, mediaType: imageIndex, manifests };
    running.store.putManifest(repository, imageIndex, Buffer.from(JSON.stringify(index)), [signed.replace(':', '-')]);
    const found = await connect(running.host).referrers(repository, signed);
    expect(found.map(({ artifactType }) => artifactType)).toEqual([bundle, bundle]);
    expect((await attachmentsOf(connect(running.host), repository, signed)).map(({ kind }) => kind)).toEqual(['provenance', 'provenance']);
  });

  test.each([
    ['NAME_UNKNOWN', 404],
    ['MANIFEST_UNKNOWN', 404],
    ['UNSUPPORTED', 405],
    ['UNSUPPORTED', 400],
  ] as const)('%s with %d to the catalog means that there is none', async (said, status) => {
    const off = running.faults.add({ kind: 'status', status, code: said, path: /_catalog/ });
    const names = connect(running.host).repositories()[Symbol.asyncIterator]();
    expect(await names.next().catch((error: unknown) => error)).toMatchObject({ code: 'UNSUPPORTED', subject: 'the catalog' });
    off();
  });

  test('trouble is trouble, not an image without attachments', async () => {
    const off = running.faults.add({ kind: 'status', status: 403, path });
    expect(await code(connect(running.host).referrers(repository, digest))).toBe('DENIED');
    off();
  });
});
