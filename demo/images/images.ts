import { type Digest, digestOf } from '../../core/image/digest.ts';
import type { Files } from '../history/objects.ts';
import { imageIndex, imageManifest } from '../registry/manifests.ts';
import type { Store } from '../registry/store.ts';
import { archive } from './archive.ts';

/** What an image is made from, as a build would know it. */
export interface ImageSpec {
  readonly title: string;
  /** The full commit. */
  readonly revision: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly version: string;
  readonly source: string;
  /** The layers, the base first; each is the files it adds. */
  readonly layers: readonly Files[];
  readonly command: readonly string[];
  /** `amd64` and `arm64` where it is left out. */
  readonly architectures?: readonly string[];
  /** What the provenance names as built from, in SLSA's form. */
  readonly materials?: readonly object[];
}

/** A manifest or index as bytes, with everything it needs: what a push of it would send. */
export interface BuiltImage {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly blobs: readonly Uint8Array[];
  /** Children of an index; pushed before it. */
  readonly children: readonly BuiltImage[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

const config = 'application/vnd.oci.image.config.v1+json';
const layer = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** A multi-platform index as buildx pushes it: one manifest a platform, and the provenance of each. */
export function buildImage(spec: ImageSpec): BuiltImage {
  const images = (spec.architectures ?? ['amd64', 'arm64']).map(architecture => ({
    architecture,
    image: platformImage(spec, architecture),
  }));
  const attested = images.map(({ architecture, image }) => ({ subject: image, image: provenance(spec, architecture, image) }));
  const manifests = [
    ...images.map(({ architecture, image }) => ({ ...describe(image), platform: { architecture, os: 'linux' } })),
    ...attested.map(({ subject, image }) => ({
      ...describe(image),
      annotations: { 'vnd.docker.reference.digest': subject.digest, 'vnd.docker.reference.type': 'attestation-manifest' },
      platform: { architecture: 'unknown', os: 'unknown' },
    })),
  ];
  const index = { schemaVersion: 2, mediaType: imageIndex, manifests };
  return built(
    imageIndex,
    index,
    [],
    [...images, ...attested].map(({ image }) => image),
  );
}

/**
 * A registry cache as BuildKit exports it. With `image-manifest=true` it is an image manifest whose config is BuildKit's own; in the
 * older form it is an index that lists layers and that config as if they were manifests, which Amazon ECR refuses.
 */
export function buildCache(layers: readonly Files[], created: string, form: 'image manifest' | 'index' = 'image manifest'): BuiltImage {
  const packed = layers.map(files => archive(files, seconds(created)));
  const cache = {
    layers: packed.map(({ gzip }, index) => ({ blob: digestOf(gzip), parent: index - 1 })),
    records: packed.map(({ tar }, index) => ({ digest: digestOf(tar), layers: [{ layer: index, createdAt: created }] })),
  };
  const blobs = [encode(cache), ...packed.map(({ gzip }) => gzip)];
  const packedLayers = packed.map(({ gzip }) => describeBlob(layer, gzip));
  const cacheConfig = describeBlob('application/vnd.buildkit.cacheconfig.v0', blobs[0] ?? new Uint8Array());
  if (form === 'index') {
    return built(imageIndex, { schemaVersion: 2, mediaType: imageIndex, manifests: [...packedLayers, cacheConfig] }, blobs, []);
  }
  const manifest = { schemaVersion: 2, mediaType: imageManifest, config: cacheConfig, layers: packedLayers };
  return built(imageManifest, manifest, blobs, []);
}

/** Puts an image into a repository, children first, under these tags; without tags it is an untagged manifest. */
export function push(store: Store, repository: string, image: BuiltImage, tags: readonly string[] = []): Digest {
  for (const child of image.children) push(store, repository, child);
  for (const blob of image.blobs) store.putBlob(repository, blob);
  return store.putManifest(repository, image.mediaType, image.bytes, tags);
}

function platformImage(spec: ImageSpec, architecture: string): BuiltImage {
  const packed = spec.layers.map((files, index) =>
    archive(index === 0 ? new Map([...files, ['etc/apk/arch', `${architecture === 'amd64' ? 'x86_64' : 'aarch64'}\n`]]) : files),
  );
  const image = encode({
    architecture,
    os: 'linux',
    created: spec.created,
    config: {
      Cmd: spec.command,
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Labels: {
        'org.opencontainers.image.created': spec.created,
        'org.opencontainers.image.revision': spec.revision,
        'org.opencontainers.image.source': spec.source,
        'org.opencontainers.image.title': spec.title,
        'org.opencontainers.image.version': spec.version,
      },
    },
    rootfs: { type: 'layers', diff_ids: packed.map(({ tar }) => digestOf(tar)) },
    history: packed.map((_, index) => ({ created: spec.created, created_by: index === 0 ? 'FROM alpine' : 'COPY . /app # buildkit' })),
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: imageManifest,
    config: describeBlob(config, image),
    layers: packed.map(({ gzip }) => describeBlob(layer, gzip)),
  };
  return built(imageManifest, manifest, [image, ...packed.map(({ gzip }) => gzip)], []);
}

/** The SLSA provenance that buildx adds for one platform: an in-toto statement as the layer of a manifest for no platform. */
function provenance(spec: ImageSpec, architecture: string, subject: BuiltImage): BuiltImage {
  const predicateType = 'https://slsa.dev/provenance/v1';
  const statement = encode({
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType,
    subject: [{ name: spec.title, digest: { sha256: subject.digest.slice('sha256:'.length) } }],
    predicate: {
      buildDefinition: {
        buildType: 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
        externalParameters: { configSource: { uri: `${spec.source}.git#${spec.revision}` } },
        internalParameters: { builderPlatform: `linux/${architecture}` },
        ...(spec.materials && { resolvedDependencies: spec.materials }),
      },
      runDetails: { builder: { id: `${spec.source}/.github/workflows/build.yml` }, metadata: { startedOn: spec.created } },
    },
  });
  const image = encode({ architecture: 'unknown', os: 'unknown', config: {}, rootfs: { type: 'layers', diff_ids: [digestOf(statement)] } });
  const manifest = {
    schemaVersion: 2,
    mediaType: imageManifest,
    config: describeBlob(config, image),
    layers: [{ ...describeBlob('application/vnd.in-toto+json', statement), annotations: { 'in-toto.io/predicate-type': predicateType } }],
  };
  return built(imageManifest, manifest, [image, statement], []);
}

function built(mediaType: string, value: unknown, blobs: readonly Uint8Array[], children: readonly BuiltImage[]): BuiltImage {
  const bytes = encode(value);
  return { digest: digestOf(bytes), mediaType, bytes, blobs, children };
}

function describe({ mediaType, digest, bytes }: BuiltImage): Descriptor {
  return { mediaType, digest, size: bytes.length };
}

function describeBlob(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** buildx indents its manifests by two spaces; a client that re-serialises them would be seen by the digest. */
function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value, null, 2));
}

function seconds(date: string): number {
  return Math.floor(Date.parse(date) / 1000);
}
