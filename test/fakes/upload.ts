import { connect } from '../../core/registry/providers/index.ts';
import type { BuiltImage } from '../../demo/images/images.ts';
import { pushBlob } from './conformance/raw.ts';

/** Pushes an image, with the images that it is made of, to a registry that runs as a program of its own, under tags or its digest. */
export async function upload(
  { host, url }: { readonly host: string; readonly url: string },
  repository: string,
  built: BuiltImage,
  references: readonly string[],
): Promise<void> {
  for (const child of built.children) await upload({ host, url }, repository, child, [child.digest]);
  for (const blob of built.blobs) await pushBlob(url, repository, blob);
  const { digest, mediaType, bytes } = built;
  const registry = connect(host);
  for (const reference of references) await registry.putManifest(repository, reference, { digest, mediaType, size: bytes.length, bytes });
}
