import type { Digest } from '../image/digest.ts';
import { printable } from '../text/printable.ts';
import { asRecord, type ManifestData, type ManifestEntry, parseJson, parseManifest, platformOf, strings } from './manifest.ts';
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
  /** Compressed bytes of all layers: the image's or cache's own, or of the index's first platform. */
  readonly size?: number;
}

/** Details of what `reference` names, from annotations or else config labels; `undefined` where there is nothing. */
export async function describeImage(
  registry: Registry,
  repository: string,
  reference: string,
  options: RequestOptions = {},
): Promise<ImageDetails | undefined> {
  const manifest = await registry.manifest(repository, reference, options);
  return manifest && describeManifest(registry, repository, manifest, options);
}

/** The same for a manifest that was read already. */
export async function describeManifest(
  registry: Registry,
  repository: string,
  manifest: Manifest,
  options: RequestOptions = {},
): Promise<ImageDetails> {
  const { digest, mediaType, bytes } = manifest;
  const data = parseManifest(bytes);
  const content = data ? contentOf(data) : 'artifact';
  const children = (data?.manifests ?? []).map(childOf);
  const layers: Layer[] = [{ texts: data?.annotations ?? new Map() }];
  const complete = () => layers.some(({ texts }) => texts.has(revisionKey)) && layers.some(layer => dateOf(layer) !== undefined);

  let image = content === 'image' ? data : undefined;
  if (content === 'index' && !complete()) {
    // Every platform is built from the same sources, so the first one speaks for all.
    const first = children.find(child => !child.attestation);
    const inner = first && (await registry.manifest(repository, first.digest, options));
    image = inner && parseManifest(inner.bytes);
    if (image) layers.push({ texts: image.annotations });
  }
  let platform: string | undefined;
  if (image?.config && contentOf(image) === 'image' && (content === 'image' || !complete())) {
    const config = await registry.blob(repository, image.config.digest, options);
    const fields = config && asRecord(parseJson(config));
    layers.push({ texts: strings(asRecord(fields?.['config'])?.['Labels']), created: fields?.['created'] });
    platform = platformOf(fields);
  }

  const platforms = content === 'index' ? children.flatMap(child => child.platform ?? []) : platform === undefined ? [] : [platform];
  const created = layers.map(dateOf).find(date => date !== undefined);
  const parts = content === 'cache' ? (data?.layers ?? data?.manifests) : image?.layers;
  const size = parts?.reduce((sum, part) => sum + part.size, 0);
  return {
    digest,
    mediaType,
    content,
    platforms: [...new Set(platforms.map(printable))].sort(),
    children,
    ...(created !== undefined && { created }),
    ...(size !== undefined && { size }),
    ...textOf(layers, 'revision', revisionKey),
    ...textOf(layers, 'source', 'org.opencontainers.image.source'),
    ...textOf(layers, 'version', 'org.opencontainers.image.version'),
  };
}

/** One place that may tell: annotations of a manifest, or labels and date of a config. */
interface Layer {
  readonly texts: ReadonlyMap<string, string>;
  readonly created?: unknown;
}

const revisionKey = 'org.opencontainers.image.revision';
const createdKey = 'org.opencontainers.image.created';
const longest = 256;

/** What a manifest holds, told from its types. */
export function contentOf(data: ManifestData): Content {
  const types = [data.artifactType, data.config?.mediaType, ...(data.manifests ?? data.layers ?? []).map(({ mediaType }) => mediaType)];
  // BuildKit writes a cache as an image manifest, or before 0.21 as an index of layers.
  if (types.some(type => type?.startsWith('application/vnd.buildkit.cacheconfig'))) return 'cache';
  if (data.manifests) return 'index';
  const config = data.config?.mediaType ?? '';
  const isImage = /^application\/vnd\.(?:oci\.image\.config|docker\.container\.image)\b/.test(config) && data.artifactType === undefined;
  // Cosign's signatures before bundles look like images but for their layers.
  const signature = types.some(type => /^application\/vnd\.(?:dev\.cosign|dev\.sigstore|dsse\.)/.test(type ?? ''));
  return isImage && !signature ? 'image' : 'artifact';
}

function childOf(entry: ManifestEntry): Child {
  const { mediaType, digest, size, platform, annotations } = entry;
  const attestation = annotations.get('vnd.docker.reference.type') === 'attestation-manifest';
  return { mediaType, digest, size, attestation, ...(platform !== undefined && !attestation && { platform: printable(platform) }) };
}

/** When the layer says it was built. Builds that blank the date (1970, the year 1) tell nothing. */
function dateOf({ texts, created }: Layer): string | undefined {
  for (const said of [texts.get(createdKey), created]) {
    const time = typeof said === 'string' ? Date.parse(said) : Number.NaN;
    if (time > 86_400_000) return new Date(time).toISOString();
  }
  return undefined;
}

function textOf<K extends string>(layers: readonly Layer[], name: K, key: string): { readonly [P in K]?: string } {
  for (const { texts } of layers) {
    const text = printable(texts.get(key) ?? '')
      .trim()
      .slice(0, longest);
    if (text !== '') return { [name]: text } as { [P in K]: string };
  }
  return {};
}
