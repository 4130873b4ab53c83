import type { Digest } from '../image/digest.ts';
import type { RequestOptions } from './registry.ts';

/**
 * What a registry offers beyond reading and writing manifests. Screens show only what is offered; calling what is not throws
 * UNSUPPORTED.
 */
export interface Abilities {
  /** It answers which repositories there are. */
  readonly repositories: boolean;
  /** Rows of a listing carry digests, so that no tag has to be asked for one by one. */
  readonly digests: boolean;
  /** Rows say when they were pushed; elsewhere only the image itself knows when it was built. */
  readonly dates: boolean;
  /** What the registry promises of the order of a listing. */
  readonly order: 'newest' | 'name' | 'none';
  /** It lists images that no tag names. */
  readonly untagged: boolean;
  /** One request looks up several tags by their names; elsewhere each takes one. */
  readonly batch?: boolean;
  /** One request looks for tags by a part of their name. */
  readonly search: boolean;
  /** Reading a manifest uses up a limit on pulls, so that only what somebody asks to see is read. */
  readonly metered?: boolean;
  /** A tag can be taken away while its image stays. Where that was its last tag the image may go too: `lastTagDeletes`. */
  readonly untag: boolean;
  readonly lastTagDeletes: boolean;
  /** An image can be deleted, with all of its tags. */
  readonly remove: boolean;
}

/** One row of a listing: an image with its tags, or, where the registry lists names, one tag. A missing field is unknown. */
export interface ListedImage {
  readonly digest?: Digest;
  /** Empty for an untagged image. */
  readonly tags: readonly string[];
  /** ISO 8601: when the registry got it, or when the tag was last moved to it. */
  readonly pushedAt?: string;
  /** ISO 8601, as exact as the registry keeps it. */
  readonly pulledAt?: string;
  readonly mediaType?: string;
  /** What kind of thing it is where it is no image: a signature, an SBOM, a chart. */
  readonly artifactType?: string;
  /** Compressed bytes of all layers; of the largest child where it is an index. */
  readonly size?: number;
  /** `linux/arm64/v8`, sorted. */
  readonly platforms?: readonly string[];
  /** The image that this is attached to. */
  readonly subject?: Digest;
  /** It was moved to cold storage and cannot be pulled. */
  readonly archived?: boolean;
  /** Vulnerabilities that the registry's scan counted, by severity as it names them. */
  readonly vulnerabilities?: Readonly<Record<string, number>>;
}

export interface ListingPage {
  readonly images: readonly ListedImage[];
  /** How many rows there are in all, where the registry says so. */
  readonly total?: number;
  /** The registry says that no page follows; where it is absent, only asking for the next one tells. */
  readonly last?: boolean;
}

export interface ListingOptions extends RequestOptions {
  /** Only tags that hold this text; without the ability `search` it is not looked at. */
  readonly search?: string;
  /** Rows of the first page; the registry's own limit where it is more. */
  readonly pageSize?: number;
}

export interface LookUpOptions extends RequestOptions {
  /** What was read moments ago does not count: for the look right before a write. */
  readonly fresh?: boolean;
}

export interface ReferrersOptions extends RequestOptions {
  /**
   * Asks the referrers API alone, in one request: for callers that see the tags that stand in for it. Throws UNSUPPORTED where there is
   * no such API.
   */
  readonly apiOnly?: boolean;
}

/** Something attached to an image: a signature, an attestation, an SBOM. Image spec 1.1, distribution spec 1.1 "Listing Referrers". */
export interface Referrer {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Printable; absent where the registry does not say. */
  readonly artifactType?: string;
  readonly size: number;
  /** Printable. */
  readonly annotations: ReadonlyMap<string, string>;
}
