import type { Digest } from '../image/digest.ts';
import type { Abilities, ListedImage, ListingOptions, ListingPage, LookUpOptions, Referrer, ReferrersOptions } from './listing.ts';

/** What a registry says of one manifest, in the OCI image spec's terms. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes of the manifest itself. */
  readonly size: number;
}

/** A manifest as the registry sent it: never re-serialised, so that its digest survives. */
export interface Manifest extends Descriptor {
  readonly bytes: Uint8Array;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
}

/** One host, in the OCI distribution spec's terms. Absent is `undefined`; trouble throws a RegistryError. */
export interface Registry {
  /** In its canonical form: lower case, `docker.io` for all of Docker Hub's names. */
  readonly host: string;
  /** Where a manifest is read and written, for people to see. */
  manifestUrl(repository: string, reference: string): string;
  /** Every repository name, page by page; throws UNSUPPORTED where the registry does not list. */
  repositories(options?: RequestOptions): AsyncIterable<string>;
  /** Every tag name in the registry's own order, page by page. */
  tags(repository: string, options?: RequestOptions): AsyncIterable<string>;
  /** What `reference` (a tag or a digest) names now: HEAD, or GET and hash where the header is missing. */
  resolve(repository: string, reference: string, options?: RequestOptions): Promise<Descriptor | undefined>;
  /** The raw manifest, hashed here; a digest that does not match what was asked or announced throws. */
  manifest(repository: string, reference: string, options?: RequestOptions): Promise<Manifest | undefined>;
  /** A small blob (an image config), verified against its digest. */
  blob(repository: string, digest: Digest, options?: RequestOptions): Promise<Uint8Array | undefined>;
  /** Writes these exact bytes under a tag or their digest; answers the digest the registry acknowledged, if it did. */
  putManifest(repository: string, reference: string, manifest: Manifest, options?: RequestOptions): Promise<Digest | undefined>;
  readonly abilities: Abilities;
  /** The images or tags of a repository, a page at a time, in the order that `abilities.order` promises; each page is asked for when it is wanted. */
  images(repository: string, options?: ListingOptions): AsyncIterable<ListingPage>;
  /** What these tags name now, in as few requests as the registry allows; tags that are not there are left out. */
  lookUp(repository: string, tags: readonly string[], options?: LookUpOptions): Promise<ReadonlyMap<string, ListedImage>>;
  /** Every tag of one image at this moment, in one request; absent where the registry has no such question, `undefined` where it does not answer it. */
  tagsOf?(repository: string, digest: Digest, options?: RequestOptions): Promise<readonly string[] | undefined>;
  /** What is attached to an image, from the referrers API and from the tags that stand in for it. */
  referrers(repository: string, digest: Digest, options?: ReferrersOptions): Promise<readonly Referrer[]>;
  /** Takes one tag away. Throws UNSUPPORTED without the ability `untag`. */
  untag(repository: string, tag: string, options?: RequestOptions): Promise<void>;
  /** Deletes an image with all of its tags. Throws UNSUPPORTED without the ability `remove`. */
  remove(repository: string, digest: Digest, options?: RequestOptions): Promise<void>;
  /** How the repository keeps its tags; absent where the registry does not say such things. */
  settings?(repository: string, options?: RequestOptions): Promise<RepositorySettings | undefined>;
  /** The registry's page about a repository or one of its tags or digests; `undefined` where it has none. */
  webPage(repository: string, reference?: string): string | undefined;
}

/** What a registry says of a repository itself. A missing field is unknown. */
export interface RepositorySettings {
  /** Whether a tag that is there can not be written again. */
  readonly immutable?: boolean;
  /** Tags for which the opposite holds; `*` stands for any characters. */
  readonly exclusions?: readonly string[];
  /** Images that the repository's own clean-up would remove now. */
  readonly expiring?: readonly { readonly digest: Digest; readonly tags: readonly string[] }[];
}

export type Credentials =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** An OAuth refresh token, docker's `identitytoken`. */
  | { readonly kind: 'identityToken'; readonly token: string };

/** Where credentials for one host come from; `undefined` means anonymous. */
export interface Keychain {
  credentials(host: string, options?: RequestOptions): Promise<Credentials | undefined>;
  /** Told that the host did not take these; from then on others are answered where there are any. */
  refused?(host: string, credentials: Credentials): void;
}
