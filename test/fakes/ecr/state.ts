import { type Digest, digestOf } from '../../../core/image/digest.ts';
import type { BuiltImage } from '../../../demo/images/images.ts';
import { push } from '../../../demo/images/images.ts';
import { imageIndex, imageManifest } from '../../../demo/registry/manifests.ts';
import { Store } from '../../../demo/registry/store.ts';

export type Mutability = 'MUTABLE' | 'IMMUTABLE' | 'IMMUTABLE_WITH_EXCLUSION' | 'MUTABLE_WITH_EXCLUSION';

/** What ECR keeps of an image beside its bytes; times are epoch seconds. */
export interface ImageRecord {
  pushedAt: number;
  pulledAt?: number;
  status: 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING';
  archivedAt?: number;
  activatedAt?: number;
  /** Findings by severity; absent where it was never scanned. */
  scan?: Readonly<Record<string, number>>;
}

export interface EcrRepository {
  readonly name: string;
  readonly createdAt: number;
  mutability: Mutability;
  exclusions: readonly string[];
  lifecyclePolicy?: string;
  preview?: { readonly text: string; reads: number };
  readonly records: Map<Digest, ImageRecord>;
}

/** What is read of a manifest. */
export interface ManifestFacts {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly subject?: Digest;
  readonly children: readonly Digest[];
  readonly blobs: readonly Digest[];
  /** Compressed bytes of config and layers. */
  readonly size: number;
}

/** One registry of Amazon ECR in memory: an account in a region. */
export class EcrState {
  readonly account: string;
  readonly region: string;
  readonly store = new Store();
  readonly repositories = new Map<string, EcrRepository>();
  readonly #facts = new Map<Digest, ManifestFacts>();
  /** Passwords of authorization tokens that are good now. */
  readonly passwords = new Set<string>();
  /** A page's token is good for pages of the same size only. */
  steadyPages = false;
  #clock = Date.parse('2026-11-01T00:00:00Z') / 1000;

  constructor(account = '123456789012', region = 'us-east-1') {
    this.account = account;
    this.region = region;
  }

  create(name: string, settings: { mutability?: Mutability; exclusions?: readonly string[] } = {}): EcrRepository {
    const { mutability = 'MUTABLE', exclusions = [] } = settings;
    const repository: EcrRepository = { name, createdAt: this.tick(), mutability, exclusions, records: new Map() };
    this.repositories.set(name, repository);
    this.store.open(name);
    return repository;
  }

  /** A push of an image with its children, as `docker push` would leave it; makes the repository where it is not there. */
  push(name: string, image: BuiltImage, tags: readonly string[] = [], record: Partial<ImageRecord> = {}): Digest {
    const repository = this.repositories.get(name) ?? this.create(name);
    const digest = push(this.store, name, image, tags);
    const pushedAt = this.tick();
    for (const each of [image, ...image.children])
      if (!repository.records.has(each.digest)) repository.records.set(each.digest, { pushedAt, status: 'ACTIVE', ...record });
    return digest;
  }

  /** A manifest from its JSON, checked by nobody: an artifact, a signature. */
  put(name: string, manifest: object, tags: readonly string[] = [], mediaType: string = imageManifest): Digest {
    const repository = this.repositories.get(name) ?? this.create(name);
    const digest = this.store.putManifest(name, mediaType, Buffer.from(JSON.stringify(manifest)), tags);
    repository.records.set(digest, { pushedAt: this.tick(), status: 'ACTIVE' });
    return digest;
  }

  /** Fills a repository with small images, each with one tag that `tag` names; cheap for ten thousand. */
  fill(name: string, count: number, tag: (index: number) => string = index => `v1.${index}.0`): void {
    const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf('layer'), size: 20_000_000 };
    for (let index = 0; index < count; index++) {
      const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(`config ${index}`), size: 1500 };
      this.put(name, { schemaVersion: 2, mediaType: imageManifest, config, layers: [layer] }, [tag(index)]);
    }
  }

  /** Seconds that only ever go on, so that pushes have an order. */
  tick(): number {
    this.#clock += 60;
    return this.#clock;
  }

  facts(name: string, digest: Digest): ManifestFacts {
    const known = this.#facts.get(digest);
    if (known) return known;
    const facts = factsOf(this.store.manifest(name, digest)?.bytes ?? new Uint8Array()) ?? { children: [], blobs: [], size: 0 };
    this.#facts.set(digest, facts);
    return facts;
  }

  /** Compressed bytes; of an index, those of its largest child. */
  size(name: string, digest: Digest): number {
    const { children, size } = this.facts(name, digest);
    return children.length > 0 ? Math.max(...children.map(child => this.size(name, child))) : size;
  }

  /** The index that an image is a part of. */
  indexOf(name: string, digest: Digest): Digest | undefined {
    for (const [other, { mediaType }] of this.store.repository(name)?.manifests ?? [])
      if ((mediaType === imageIndex || mediaType.includes('manifest.list')) && this.facts(name, other).children.includes(digest))
        return other;
    return undefined;
  }

  /** The tags of every image of a repository. */
  tagsByDigest(name: string): ReadonlyMap<Digest, readonly string[]> {
    const found = new Map<Digest, string[]>();
    for (const [tag, digest] of this.store.repository(name)?.tags ?? []) found.set(digest, [...(found.get(digest) ?? []), tag]);
    return found;
  }
}

/** Reads a manifest's JSON; `undefined` where it is none. */
export function factsOf(bytes: Uint8Array): ManifestFacts | undefined {
  let data: Manifest;
  try {
    data = JSON.parse(Buffer.from(bytes).toString()) as Manifest;
  } catch {
    return undefined;
  }
  const parts = [...(data.config ? [data.config] : []), ...(data.layers ?? [])];
  const artifactType = data.artifactType ?? data.config?.mediaType;
  return {
    ...(data.mediaType !== undefined && { mediaType: data.mediaType }),
    ...(artifactType !== undefined && { artifactType }),
    ...(data.subject && { subject: data.subject.digest }),
    children: (data.manifests ?? []).map(({ digest }) => digest),
    blobs: parts.map(({ digest }) => digest),
    size: parts.reduce((sum, { size }) => sum + size, 0),
  };
}

interface Part {
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType?: string;
}

interface Manifest {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: Part;
  readonly layers?: readonly Part[];
  readonly manifests?: readonly Part[];
  readonly subject?: Part;
}
