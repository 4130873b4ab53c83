import { digestOf } from '../../../core/image/digest.ts';
import type { BuiltImage } from '../../../demo/images/images.ts';
import { imageManifest } from '../../../demo/registry/manifests.ts';
import type { Store } from '../../../demo/registry/store.ts';

/** A layer as a manifest names it: what it holds is its size alone. */
export interface MadeLayer {
  readonly name: string;
  readonly size?: number;
}

/** An image of one platform with just this config; layers are blobs of their names' text. */
export function withConfig(config: object, layers: readonly MadeLayer[] = []): BuiltImage {
  const blobs = [encode({ architecture: 'amd64', os: 'linux', ...config }), ...layers.map(({ name }) => Buffer.from(name))];
  const manifest = {
    schemaVersion: 2,
    mediaType: imageManifest,
    config: describe('application/vnd.oci.image.config.v1+json', blobs[0] ?? Buffer.alloc(0)),
    layers: layers.map(({ name, size }) => ({
      ...describe('application/vnd.oci.image.layer.v1.tar+gzip', Buffer.from(name)),
      ...(size !== undefined && { size }),
    })),
  };
  const bytes = encode(manifest);
  return { digest: digestOf(bytes), mediaType: imageManifest, bytes, blobs, children: [] };
}

/** Attaches something to an image: as a referrer, or by the tag that cosign gave it before there were referrers. */
export function attach(
  store: Store,
  repository: string,
  subject: BuiltImage,
  artifactType: string | undefined,
  annotations: Readonly<Record<string, string>> = {},
  { tag, layer }: { readonly tag?: string; readonly layer?: { readonly mediaType: string; readonly annotations: object } } = {},
): void {
  const body = Buffer.from('{}');
  store.putBlob(repository, body);
  const manifest = {
    schemaVersion: 2,
    mediaType: imageManifest,
    ...(artifactType && { artifactType }),
    config: describe('application/vnd.oci.empty.v1+json', body),
    layers: [{ ...describe(layer?.mediaType ?? artifactType ?? '', body), ...(layer && { annotations: layer.annotations }) }],
    ...(tag === undefined && { subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.bytes.length } }),
    annotations,
  };
  store.putManifest(repository, imageManifest, encode(manifest), tag === undefined ? [] : [tag]);
}

function describe(mediaType: string, bytes: Uint8Array) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
