import { type Digest, isDigest } from '../image/digest.ts';

/** Every manifest and index type that is asked for; a registry that knows only some picks what it has. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** A manifest's JSON with only the fields that are read, each checked. */
export interface ManifestData {
  readonly schemaVersion: number;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: ManifestEntry;
  readonly layers?: readonly ManifestEntry[];
  /** The image that it is attached to. */
  readonly subject?: Digest;
  /** Present in an index. */
  readonly manifests?: readonly ManifestEntry[];
  readonly annotations: ReadonlyMap<string, string>;
}

export interface ManifestEntry {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations: ReadonlyMap<string, string>;
  /** `os/architecture[/variant]`. */
  readonly platform?: string;
  readonly artifactType?: string;
}

/** Reads a manifest or an index; `undefined` where the bytes are neither. OCI image spec 1.1, docker schema 2. */
export function parseManifest(bytes: Uint8Array): ManifestData | undefined {
  const data = asRecord(parseJson(bytes));
  if (data?.['schemaVersion'] !== 2) return undefined;
  const config = entry(data['config']);
  const subject = asRecord(data['subject'])?.['digest'];
  const manifests = Array.isArray(data['manifests']) ? entries(data['manifests']) : undefined;
  if (!config && !manifests) return undefined;
  return {
    schemaVersion: 2,
    ...text('mediaType', data['mediaType']),
    ...text('artifactType', data['artifactType']),
    ...(config && { config }),
    ...(Array.isArray(data['layers']) && { layers: entries(data['layers']) }),
    ...(typeof subject === 'string' && isDigest(subject) && { subject }),
    ...(manifests && { manifests }),
    annotations: strings(data['annotations']),
  };
}

/** The media type to write a manifest with: what the registry said, else what the manifest says, else what its fields make it. */
export function manifestType(contentType: string | null, data: ManifestData): string {
  const said = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (said.startsWith('application/vnd.')) return said;
  return data.mediaType ?? (data.manifests ? manifestTypes[0] : manifestTypes[1]);
}

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** The string values of a JSON object: annotations and labels. */
export function strings(value: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, content] of Object.entries(asRecord(value) ?? {})) if (typeof content === 'string') found.set(name, content);
  return found;
}

function entries(list: readonly unknown[]): readonly ManifestEntry[] {
  return list.flatMap(value => entry(value) ?? []);
}

function entry(value: unknown): ManifestEntry | undefined {
  const data = asRecord(value);
  const digest = data?.['digest'];
  const size = data?.['size'];
  if (!data || typeof digest !== 'string' || !isDigest(digest)) return undefined;
  const platform = platformOf(asRecord(data['platform']));
  return {
    mediaType: typeof data['mediaType'] === 'string' ? data['mediaType'] : '',
    digest,
    size: typeof size === 'number' ? size : 0,
    annotations: strings(data['annotations']),
    ...(platform !== undefined && { platform }),
    ...text('artifactType', data['artifactType']),
  };
}

/** `os/architecture[/variant]`; `undefined` where none is named, which attestations write as `unknown/unknown`. */
export function platformOf(data: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const parts = [data?.['os'], data?.['architecture'], data?.['variant']].filter(part => typeof part === 'string' && part !== '');
  return parts.length < 2 || parts[0] === 'unknown' ? undefined : parts.join('/');
}

function text<K extends string>(name: K, value: unknown): { readonly [P in K]?: string } {
  return typeof value === 'string' ? ({ [name]: value } as { [P in K]: string }) : {};
}
