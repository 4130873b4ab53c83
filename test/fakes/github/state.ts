import { type Digest, digestOf } from '../../../core/image/digest.ts';
import { imageIndex, imageManifest } from '../../../demo/registry/manifests.ts';
import { Store } from '../../../demo/registry/store.ts';

export type Scope = 'read:packages' | 'write:packages' | 'delete:packages' | 'read:org' | 'repo';

/** Whose a token is, and what it may do. */
export interface Token {
  readonly login: string;
  readonly scopes: readonly Scope[];
}

export interface PackageVersion {
  readonly id: number;
  readonly digest: Digest;
  readonly createdAt: string;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'closed';
  readonly merged?: boolean;
}

/** All that the stand-in for GitHub knows. The registry's manifests and tags are in `store`; the packages API reads them there. */
export class GitHubState {
  readonly store = new Store();
  /** By login: whether it is an organisation, and for a person the organisations they are in. */
  readonly accounts = new Map<string, { readonly kind: 'User' | 'Organization'; readonly memberOf?: readonly string[] }>();
  readonly tokens = new Map<string, Token>();
  /** By `owner/name`, newest first. */
  readonly packages = new Map<string, PackageVersion[]>();
  /** By `owner/name` of the git repository. */
  readonly pulls = new Map<string, readonly Pull[]>();
  /** Requests that are left in this hour. */
  remaining = 5000;
  #id = 671_000_000;

  /** Keeps a manifest as the newest version of a package, with its tags; children of an index are versions without tags. */
  push(repository: string, bytes: Uint8Array, tags: readonly string[], createdAt: string, mediaType: string = imageIndex): Digest {
    const digest = this.store.putManifest(repository, mediaType, bytes, tags);
    const versions = this.packages.get(repository) ?? [];
    this.packages.set(repository, versions);
    if (!versions.some(version => version.digest === digest)) versions.unshift({ id: ++this.#id, digest, createdAt });
    return digest;
  }

  /** A package of `count` versions with the tags `sha-0000000`…, one a minute, the last one newest. The manifests are small. */
  fill(repository: string, count: number, start = Date.parse('2026-01-01T00:00:00Z')): readonly Digest[] {
    const empty = digestOf('{}');
    const digests: Digest[] = [];
    const versions: PackageVersion[] = [];
    for (let number = 0; number < count; number++) {
      const tag = `sha-${number.toString(16).padStart(7, '0')}`;
      const manifest = { schemaVersion: 2, mediaType: imageManifest, config: { digest: empty, size: 2 }, layers: [], annotations: { tag } };
      const digest = this.store.putManifest(repository, imageManifest, Buffer.from(JSON.stringify(manifest)), [tag]);
      digests.push(digest);
      versions.push({ id: ++this.#id, digest, createdAt: new Date(start + number * 60_000).toISOString() });
    }
    this.packages.set(repository, [...versions.reverse(), ...(this.packages.get(repository) ?? [])]);
    return digests;
  }

  /** The tags of each digest of a package. */
  tagsOf(repository: string): ReadonlyMap<Digest, readonly string[]> {
    const found = new Map<Digest, string[]>();
    for (const [tag, digest] of this.store.repository(repository)?.tags ?? []) found.set(digest, [...(found.get(digest) ?? []), tag]);
    return found;
  }

  remove(repository: string, version: PackageVersion): void {
    this.store.remove(repository, version.digest);
    this.packages.set(
      repository,
      (this.packages.get(repository) ?? []).filter(other => other !== version),
    );
  }
}
