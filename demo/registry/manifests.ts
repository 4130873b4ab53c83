import { type Digest, digestOf, isDigest } from '../../core/image/digest.ts';
import { isTag } from '../../core/image/reference.ts';
import { type Answer, type Asked, answer, failure, failures, json } from './answer.ts';
import type { Store } from './store.ts';

export const imageIndex = 'application/vnd.oci.image.index.v1+json';
export const imageManifest = 'application/vnd.oci.image.manifest.v1+json';
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';

/** The largest manifest the spec asks a registry to take, in bytes. */
const largest = 4 * 1024 * 1024;

/** What the registry reads of a manifest. A digest that is missing or no text is kept as '', which names nothing. */
interface ParsedManifest {
  readonly mediaType: string | undefined;
  readonly artifactType: string | undefined;
  readonly config: { readonly digest: string; readonly mediaType: string | undefined } | undefined;
  /** Digests; `undefined` where there is no list. */
  readonly layers: readonly string[] | undefined;
  readonly manifests: readonly string[] | undefined;
  readonly subject: string | undefined;
  readonly annotations: unknown;
}

/** `GET|HEAD /v2/<name>/manifests/<reference>`, with `Accept` and `If-None-Match` honoured. */
export function getManifest(store: Store, name: string, reference: string, asked: Asked): Answer {
  if (!store.repository(name)) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  const manifest = store.manifest(name, reference);
  if (!manifest) return failure(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { reference });
  if (!accepts(asked.headers['accept'], manifest.mediaType)) {
    return failure(404, 'MANIFEST_UNKNOWN', `the manifest is ${manifest.mediaType}, which the Accept header does not name`, { reference });
  }
  const etag = `"${manifest.digest}"`;
  const known = asked.headers['if-none-match']?.split(',').map(tag => tag.trim().replace(/^W\//, ''));
  const headers = { 'docker-content-digest': manifest.digest, etag };
  if (known?.includes(etag) || known?.includes(manifest.digest)) return answer(304, headers);
  return answer(200, { ...headers, 'content-type': manifest.mediaType }, manifest.bytes);
}

/** No `Accept` takes what there is: the spec leaves it open, and a bare `curl` should see something. */
function accepts(header: string | undefined, mediaType: string): boolean {
  if (!header) return true;
  return header
    .split(',')
    .map(part => part.split(';')[0]?.trim().toLowerCase())
    .some(part => part === mediaType.toLowerCase() || part === '*/*' || part === 'application/*');
}

/** `PUT /v2/<name>/manifests/<reference>`: the exact bytes, once what they name is here. */
export function putManifest(store: Store, name: string, reference: string, asked: Asked): Answer {
  if (asked.body.length > largest) return failure(413, 'SIZE_INVALID', `a manifest may have ${largest} bytes`);
  const byDigest = reference.includes(':');
  if (byDigest ? !isDigest(reference) : !isTag(reference)) {
    return failure(400, byDigest ? 'DIGEST_INVALID' : 'MANIFEST_INVALID', 'the reference is neither a tag nor a sha256 digest', {
      reference,
    });
  }
  const digest = digestOf(asked.body);
  if (byDigest && reference !== digest) return failure(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest });
  const parsed = parse(asked.body);
  const mediaType = asked.headers['content-type']?.split(';')[0]?.trim() ?? '';
  const problem = parsed ? shapeProblem(parsed, mediaType) : 'the manifest is not a JSON object';
  if (!parsed || problem) return failure(400, 'MANIFEST_INVALID', problem ?? 'manifest invalid');
  const missing = missingContent(store, name, parsed);
  if (missing.length > 0) {
    return failures(
      400,
      missing.map(detail => ({ code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown to registry', detail })),
    );
  }
  store.putManifest(name, mediaType, asked.body, byDigest ? [] : [reference]);
  const { subject } = parsed;
  return answer(201, {
    location: `/v2/${name}/manifests/${digest}`,
    'docker-content-digest': digest,
    ...(subject && { 'oci-subject': subject }),
  });
}

/** `DELETE /v2/<name>/manifests/<reference>`: a tag alone, or a manifest with all its tags. */
export function deleteManifest(store: Store, name: string, reference: string): Answer {
  if (!store.repository(name)) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  return store.remove(name, reference) ? answer(202) : failure(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { reference });
}

/** `GET /v2/<name>/referrers/<digest>?artifactType=`: an index of what names this digest as its subject, empty where nothing does. */
export function listReferrers(store: Store, name: string, digest: string, asked: Asked): Answer {
  if (!isDigest(digest)) return failure(400, 'DIGEST_INVALID', 'invalid digest', { digest });
  const wanted = asked.query.get('artifactType');
  const manifests = [...(store.repository(name)?.manifests.values() ?? [])].flatMap(stored => {
    const parsed = parse(stored.bytes);
    if (parsed?.subject !== digest) return [];
    const artifactType = parsed.artifactType ?? parsed.config?.mediaType;
    if (wanted !== null && artifactType !== wanted) return [];
    const { mediaType, bytes } = stored;
    const { annotations } = parsed;
    return [
      {
        mediaType,
        digest: stored.digest,
        size: bytes.length,
        ...(artifactType && { artifactType }),
        ...(annotations !== undefined && { annotations }),
      },
    ];
  });
  const filtered = wanted === null ? {} : { 'oci-filters-applied': 'artifactType' };
  return json(200, { schemaVersion: 2, mediaType: imageIndex, manifests }, { 'content-type': imageIndex, ...filtered });
}

function parse(bytes: Uint8Array): ParsedManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const config = field(value, 'config');
  const subject = field(value, 'subject');
  return {
    mediaType: text(field(value, 'mediaType')),
    artifactType: text(field(value, 'artifactType')),
    config: config === undefined ? undefined : { digest: digestIn(config), mediaType: text(field(config, 'mediaType')) },
    layers: digestsIn(field(value, 'layers')),
    manifests: digestsIn(field(value, 'manifests')),
    subject: subject === undefined ? undefined : digestIn(subject),
    annotations: field(value, 'annotations'),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function digestIn(descriptor: unknown): string {
  return text(field(descriptor, 'digest')) ?? '';
}

function digestsIn(list: unknown): readonly string[] | undefined {
  return Array.isArray(list) ? list.map(digestIn) : undefined;
}

function shapeProblem({ mediaType, manifests, config, layers, subject }: ParsedManifest, contentType: string): string | undefined {
  if (mediaType !== undefined && mediaType !== contentType) return `Content-Type is ${contentType}, but the manifest says ${mediaType}`;
  if (subject !== undefined && !isDigest(subject)) return 'the subject has no sha256 digest';
  if (contentType === imageIndex || contentType === dockerList) return manifests ? undefined : 'an index needs manifests';
  if (contentType !== imageManifest && contentType !== dockerManifest) return `${contentType || 'no Content-Type'} is no manifest type`;
  return config?.digest && layers ? undefined : 'a manifest needs config and layers';
}

/**
 * Digests of what this repository does not hold. Children of an index may be blobs: BuildKit's older caches list their layers so.
 * A subject may come later, so it is not asked for.
 */
function missingContent(store: Store, name: string, { config, layers = [], manifests = [] }: ParsedManifest): string[] {
  const repository = store.repository(name);
  const isBlob = (digest: string) => repository?.blobs.has(digest as Digest) ?? false;
  const isChild = (digest: string) => repository?.manifests.has(digest as Digest) ?? false;
  const blobs = [...(config ? [config.digest] : []), ...layers];
  return [...blobs.filter(digest => !isBlob(digest)), ...manifests.filter(digest => !isChild(digest) && !isBlob(digest))];
}
