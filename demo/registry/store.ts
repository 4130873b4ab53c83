import { type Digest, digestOf } from '../../core/image/digest.ts';

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** One repository: which blobs it may serve, its manifests, and what each tag names. */
export interface Repository {
  readonly blobs: Set<Digest>;
  readonly manifests: Map<Digest, StoredManifest>;
  readonly tags: Map<string, Digest>;
}

/** Everything the registry holds, in memory. Blobs are kept once and shared by the repositories that know them. */
export class Store {
  readonly #blobs = new Map<Digest, Uint8Array>();
  readonly #repositories = new Map<string, Repository>();

  /** Names of all repositories, sorted as the spec wants listings. */
  names(): string[] {
    return [...this.#repositories.keys()].sort(byBytes);
  }

  repository(name: string): Repository | undefined {
    return this.#repositories.get(name);
  }

  /** The repository, made if it is not there: a push creates it. */
  open(name: string): Repository {
    let repository = this.#repositories.get(name);
    if (!repository) {
      repository = { blobs: new Set(), manifests: new Map(), tags: new Map() };
      this.#repositories.set(name, repository);
    }
    return repository;
  }

  blob(name: string, digest: Digest): Uint8Array | undefined {
    return this.#repositories.get(name)?.blobs.has(digest) ? this.#blobs.get(digest) : undefined;
  }

  putBlob(name: string, bytes: Uint8Array): Digest {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, bytes);
    this.open(name).blobs.add(digest);
    return digest;
  }

  /** Lets `name` serve a blob that another repository holds. The bytes stay: nothing here collects garbage. */
  mount(name: string, digest: Digest, from: string): boolean {
    if (!this.blob(from, digest)) return false;
    this.open(name).blobs.add(digest);
    return true;
  }

  /** Stores these exact bytes and lets each of `tags` name them; no check that the children are there. */
  putManifest(name: string, mediaType: string, bytes: Uint8Array, tags: readonly string[] = []): Digest {
    const digest = digestOf(bytes);
    const repository = this.open(name);
    repository.manifests.set(digest, { digest, mediaType, bytes });
    for (const tag of tags) repository.tags.set(tag, digest);
    return digest;
  }

  /** The manifest a tag or a digest names. */
  manifest(name: string, reference: string): StoredManifest | undefined {
    const repository = this.#repositories.get(name);
    const digest = repository?.tags.get(reference) ?? (reference as Digest);
    return repository?.manifests.get(digest);
  }

  /** Moves a tag to a manifest that is already here, as another writer would; throws where it is not here. */
  tag(name: string, tag: string, digest: Digest): void {
    const repository = this.#repositories.get(name);
    if (!repository?.manifests.has(digest)) throw new Error(`${name} holds no manifest ${digest}, so ${tag} cannot name it.`);
    repository.tags.set(tag, digest);
  }

  tags(name: string): string[] {
    return [...(this.#repositories.get(name)?.tags.keys() ?? [])].sort(byBytes);
  }

  /** Removes a tag, or a manifest with every tag that names it; false where there is no such thing. */
  remove(name: string, reference: string): boolean {
    const repository = this.#repositories.get(name);
    if (!repository) return false;
    if (repository.tags.delete(reference)) return true;
    if (!repository.manifests.delete(reference as Digest)) return false;
    for (const [tag, digest] of repository.tags) if (digest === reference) repository.tags.delete(tag);
    return true;
  }

  removeBlob(name: string, digest: Digest): boolean {
    return this.#repositories.get(name)?.blobs.delete(digest) ?? false;
  }
}

/** The spec's lexical order is ASCII order: capitals before small letters, unlike a locale's. */
function byBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
