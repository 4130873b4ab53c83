import { type Digest, shortDigest } from '../image/digest.ts';
import { type Attachment, attachmentsOf, attestationsIn } from '../registry/attachments.ts';
import { type Content, contentOf } from '../registry/describe.ts';
import { RegistryError } from '../registry/errors.ts';
import { explain } from '../registry/explain.ts';
import { type ManifestData, type ManifestEntry, parseManifest } from '../registry/manifest.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import { printable } from '../text/printable.ts';
import { dateOf, type ImageConfig, parseConfig, printableTexts } from './config.ts';
import { type Material, materialsOf } from './materials.ts';

export interface Layer {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes as they are pulled, most often compressed. */
  readonly size: number;
  /** The instruction that made it, where the config's history tells. */
  readonly createdBy?: string;
}

/** The image of one platform. */
export interface PlatformImage {
  readonly digest: Digest;
  readonly mediaType: string;
  /** `linux/arm64/v8`; absent where neither the index nor the config says. */
  readonly platform?: string;
  /** The index names it, and the registry has it no longer. */
  readonly missing: boolean;
  readonly annotations: ReadonlyMap<string, string>;
  /** Absent where it is missing, or no container image. */
  readonly config?: ImageConfig;
  /** The base first. */
  readonly layers: readonly Layer[];
  /** Bytes of all layers. */
  readonly size: number;
}

/** Everything that a registry holds of one reference. Text is printable; nothing is verified but digests. */
export interface Inspection {
  readonly host: string;
  readonly repository: string;
  /** The tag or digest that was asked for. */
  readonly reference: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly content: Content;
  /** Bytes of the manifest itself. */
  readonly manifestSize: number;
  readonly annotations: ReadonlyMap<string, string>;
  /** One for an image, one a platform for an index, in the index's order. */
  readonly images: readonly PlatformImage[];
  /** Platforms of the index that were left out because there are too many. */
  readonly omitted: number;
  readonly attachments: readonly Attachment[];
  readonly created?: string;
  readonly revision?: string;
  readonly source?: string;
  readonly version?: string;
  /** What it says it stands on: the labels `org.opencontainers.image.base.*`. */
  readonly base?: Material;
  /** The images that its provenance names as materials; the base is among them. */
  readonly materials: readonly Material[];
  /** Sentences about what could not be read. */
  readonly troubles: readonly string[];
}

/** More platforms than any image is built for. */
const mostPlatforms = 40;
const label = 'org.opencontainers.image.';

/** Reads all there is about `reference` (a tag or a digest). Throws a RegistryError; MANIFEST_UNKNOWN where it names nothing. */
export async function inspect(
  registry: Registry,
  repository: string,
  reference: string,
  options: RequestOptions = {},
): Promise<Inspection> {
  const manifest = await registry.manifest(repository, reference, options);
  const data = manifest && parseManifest(manifest.bytes);
  const named = `${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
  if (!manifest || !data) throw new RegistryError('MANIFEST_UNKNOWN', registry.host, { subject: named });
  const { digest, mediaType, size } = manifest;
  const content = contentOf(data);
  const inner = new Reader(registry, repository, options);
  const { platforms, attestations } = childrenOf(data, content);
  const [images, inIndex, attached] = await Promise.all([
    content === 'index'
      ? Promise.all(platforms.slice(0, mostPlatforms).map(entry => inner.child(entry)))
      : inner.image(data, { digest, mediaType }).then(image => [image]),
    Promise.all(attestations.map(entry => inner.attestation(entry))).then(found => found.flat()),
    inner.attempt(() => attachmentsOf(registry, repository, digest, options), []),
  ]);
  const attachments = [...attached, ...inIndex];
  const texts = textsOf(data, images);
  return {
    host: registry.host,
    repository,
    reference,
    digest,
    mediaType: printable(mediaType),
    content,
    manifestSize: size,
    annotations: printableTexts(data.annotations),
    images,
    omitted: content === 'index' ? Math.max(0, platforms.length - mostPlatforms) : 0,
    attachments,
    ...createdOf(texts, images),
    ...texts('revision'),
    ...texts('source'),
    ...texts('version'),
    ...baseOf(texts),
    materials: await inner.attempt(() => materialsOf(registry, repository, attachments, options), []),
    troubles: inner.troubles,
  };
}

/** Reads parts of one image; a part that cannot be read is said and does not hide the others. */
class Reader {
  readonly #registry: Registry;
  readonly #repository: string;
  readonly #options: RequestOptions;
  readonly troubles: string[] = [];

  constructor(registry: Registry, repository: string, options: RequestOptions) {
    this.#registry = registry;
    this.#repository = repository;
    this.#options = options;
  }

  async attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.#options.signal?.aborted || !(error instanceof RegistryError)) throw error;
      this.troubles.push(explain(error));
      return otherwise;
    }
  }

  async child({ digest, mediaType, platform }: ManifestEntry): Promise<PlatformImage> {
    const of = { digest, mediaType: printable(mediaType), ...(platform !== undefined && { platform: printable(platform) }) };
    const nothing: PlatformImage = { ...of, missing: true, annotations: new Map(), layers: [], size: 0 };
    return this.attempt(async () => {
      const manifest = await this.#registry.manifest(this.#repository, digest, this.#options);
      const data = manifest && parseManifest(manifest.bytes);
      return data ? this.image(data, of) : nothing;
    }, nothing);
  }

  async image(data: ManifestData, of: Pick<PlatformImage, 'digest' | 'mediaType' | 'platform'>): Promise<PlatformImage> {
    const { config: entry } = data;
    const isImage = entry !== undefined && contentOf(data) === 'image';
    const read = isImage && (() => this.#registry.blob(this.#repository, entry.digest, this.#options));
    const before = this.troubles.length;
    const bytes = read ? await this.attempt(read, undefined) : undefined;
    const config = bytes && parseConfig(bytes);
    if (isImage && !config && this.troubles.length === before) {
      const what = bytes ? 'no config that Tallyman can read' : 'lost';
      this.troubles.push(`The config ${shortDigest(entry.digest)} of ${of.platform ?? shortDigest(of.digest)} is ${what}.`);
    }
    const platform = of.platform ?? config?.platform;
    const layers = layersOf(data, config);
    return {
      ...of,
      ...(platform !== undefined && { platform }),
      missing: false,
      annotations: printableTexts(data.annotations),
      ...(config && { config }),
      layers,
      size: layers.reduce((sum, { size }) => sum + size, 0),
    };
  }

  attestation({ digest, annotations }: ManifestEntry): Promise<readonly Attachment[]> {
    return this.attempt(async () => {
      const manifest = await this.#registry.manifest(this.#repository, digest, this.#options);
      const data = manifest && parseManifest(manifest.bytes);
      const subject = annotations.get('vnd.docker.reference.digest') ?? '';
      return data ? attestationsIn(data, digest, subject as Digest) : [];
    }, []);
  }
}

function childrenOf({ manifests = [] }: ManifestData, content: Content) {
  const isAttestation = ({ annotations }: ManifestEntry) => annotations.get('vnd.docker.reference.type') === 'attestation-manifest';
  const all = content === 'index' ? manifests : [];
  return { platforms: all.filter(entry => !isAttestation(entry)), attestations: all.filter(isAttestation).slice(0, mostPlatforms) };
}

/** Entries of the history that made a layer stand in the layers' order; where their number differs they tell nothing. */
function layersOf({ layers = [] }: ManifestData, config: ImageConfig | undefined): readonly Layer[] {
  const made = (config?.history ?? []).filter(({ empty }) => !empty);
  const known = made.length === layers.length;
  return layers.map(({ digest, mediaType, size }, index) => {
    const createdBy = known ? made[index]?.createdBy : undefined;
    return { digest, mediaType: printable(mediaType), size: Math.max(0, size), ...(createdBy && { createdBy }) };
  });
}

type Texts = <K extends string>(name: K) => { readonly [P in K]?: string };

/** Annotations of the index speak first, then the manifests', then labels: every platform is built from the same sources. */
function textsOf(data: ManifestData, images: readonly PlatformImage[]): Texts {
  const places = [
    printableTexts(data.annotations),
    ...images.map(({ annotations }) => annotations),
    ...images.flatMap(({ config }) => config?.labels ?? []),
  ];
  return <K extends string>(name: K) => {
    const said = places.map(texts => texts.get(`${label}${name}`)?.trim()).find(text => text !== undefined && text !== '');
    return said === undefined ? {} : ({ [name]: said } as { [P in K]: string });
  };
}

function createdOf(texts: Texts, images: readonly PlatformImage[]): { readonly created?: string } {
  const created = dateOf(texts('created').created) ?? images.map(({ config }) => config?.created).find(date => date !== undefined);
  return created === undefined ? {} : { created };
}

function baseOf(texts: Texts): { readonly base?: Material } {
  const name = texts('base.name')['base.name'];
  const digest = texts('base.digest')['base.digest'];
  return name === undefined ? {} : { base: { name, ...(digest !== undefined && { digest }) } };
}
