import type { Digest } from '../image/digest.ts';
import type { Descriptor, Manifest, Registry, RequestOptions } from './registry.ts';

/** What a manifest holds: one image, one per platform, a build cache, or something that is no image (a signature, a chart). */
export type Content = 'image' | 'index' | 'cache' | 'artifact';

/** A manifest that an index points at. */
export interface Child extends Descriptor {
  /** `linux/arm64/v8`; absent for attestations and for children that name none. */
  readonly platform?: string;
  readonly attestation: boolean;
}

/** What is known of an image; text is printable, a missing field is unknown. */
export interface ImageDetails {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly content: Content;
  /** Without attestation children. */
  readonly platforms: readonly string[];
  readonly children: readonly Child[];
  /** ISO 8601: when it was built. */
  readonly created?: string;
  /** `org.opencontainers.image.revision`, most often a commit. */
  readonly revision?: string;
  readonly source?: string;
  readonly version?: string;
}

/** Details of what `reference` names, from annotations or else config labels; `undefined` where there is nothing. */
export declare function describeImage(
  registry: Registry,
  repository: string,
  reference: string,
  options?: RequestOptions,
): Promise<ImageDetails | undefined>;

/** The same for a manifest that was read already. */
export declare function describeManifest(
  registry: Registry,
  repository: string,
  manifest: Manifest,
  options?: RequestOptions,
): Promise<ImageDetails>;
