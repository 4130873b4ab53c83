import type { Digest } from '../image/digest.ts';
import { printable } from '../text/printable.ts';
import { isHtml } from './answers.ts';
import { RegistryError } from './errors.ts';
import type { Answer } from './exchange.ts';
import type { Referrer, ReferrersOptions } from './listing.ts';
import { type ManifestEntry, parseManifest } from './manifest.ts';
import { nextLink } from './paging.ts';
import type { Manifest, RequestOptions } from './registry.ts';
import type { Wire } from './wire.ts';

const answerLimit = 4 * 1024 * 1024;
/** More pages of attachments than any image has. */
const mostPages = 20;
/** Images have a handful of attachments; more are not opened to see what they are. */
const mostOpened = 16;
const emptyType = 'application/vnd.oci.empty.v1+json';
/** What cosign before its bundles named after the digest that it signed: tags of `sha256-<hex>` and a suffix. */
export const legacyTags: readonly (readonly [suffix: string, artifactType: string])[] = [
  ['.sig', 'application/vnd.dev.cosign.artifact.sig.v1+json'],
  ['.att', 'application/vnd.dev.cosign.artifact.att.v1+json'],
  ['.sbom', 'application/vnd.dev.cosign.artifact.sbom.v1+json'],
];

type ReadManifest = (repository: string, reference: string, options: RequestOptions) => Promise<Manifest | undefined>;

/**
 * What is attached to an image: the referrers API's answer; where it has none or an empty one (GHCR answers 404, 303 or nothing) the
 * index under the tag that stands in for it; and cosign's tags of before. Distribution spec 1.1, "Listing Referrers".
 */
export async function referrersOf(
  wire: Wire,
  manifest: ReadManifest,
  repository: string,
  digest: Digest,
  options: ReferrersOptions,
): Promise<readonly Referrer[]> {
  if (options.apiOnly) {
    const entries = await fromApi(wire, repository, digest, options);
    if (!entries) throw new RegistryError('UNSUPPORTED', wire.host, { subject: `${repository}@${digest}` });
    return entries.map(referrerOf);
  }
  const tag = standInTag(digest);
  const [listed = [], old] = await Promise.all([
    fromApi(wire, repository, digest, options),
    Promise.all(legacyTags.map(([suffix, type]) => legacyAt(manifest, repository, `${tag}${suffix}`, type, options))),
  ]);
  const entries = listed.length > 0 ? listed : await fromTag(manifest, repository, tag, options);
  const found = new Map<Digest, Referrer>();
  for (const referrer of [...entries.map(referrerOf), ...old.flat()]) if (!found.has(referrer.digest)) found.set(referrer.digest, referrer);
  return [...found.values()];
}

/** What the API answers; `undefined` where there is none. */
async function fromApi(
  wire: Wire,
  repository: string,
  digest: Digest,
  options: RequestOptions,
): Promise<readonly ManifestEntry[] | undefined> {
  let entries: ManifestEntry[] | undefined;
  let url: URL | undefined = wire.path(repository, `referrers/${digest}`);
  for (let page = 0; url && page < mostPages; page++) {
    const answer: Answer | undefined = await wire
      .found({
        method: 'GET',
        url,
        scope: wire.scope(repository, 'pull'),
        limit: answerLimit,
        // GHCR leads to a page of github.com.
        stays: true,
        headers: { accept: 'application/vnd.oci.image.index.v1+json' },
        options,
        missing: 'UNSUPPORTED',
        subject: `${repository}@${digest}`,
      })
      .catch((error: unknown) => {
        if (error instanceof RegistryError && doesWithout(error)) return undefined;
        throw error;
      });
    if (!answer || isHtml(answer)) break;
    entries = [...(entries ?? []), ...(parseManifest(answer.body)?.manifests ?? [])];
    const link = nextLink(answer.headers.get('link'));
    const next: URL | undefined = link !== undefined && URL.canParse(link, url.href) ? new URL(link, url) : undefined;
    url = next?.origin === wire.base.origin && next.href !== url.href ? next : undefined;
  }
  return entries;
}

/** Troubles that only mean that a registry has no such API, and sends something of its own. */
function doesWithout({ code }: RegistryError): boolean {
  return code === 'UNSUPPORTED' || code === 'NOT_A_REGISTRY' || code === 'REDIRECT' || code === 'UNEXPECTED';
}

/** The tag that stands in for the referrers API. Distribution spec 1.1, "Referrers Tag Schema". */
export function standInTag(digest: Digest): string {
  return digest.replace(':', '-');
}

/** What the index under that tag says is attached; for callers that know from a listing that it is there. */
export async function standInReferrers(
  { manifest }: { readonly manifest: ReadManifest },
  repository: string,
  digest: Digest,
  options: RequestOptions = {},
): Promise<readonly Referrer[]> {
  return (await fromTag(manifest, repository, standInTag(digest), options)).map(referrerOf);
}

async function fromTag(read: ReadManifest, repository: string, tag: string, options: RequestOptions): Promise<readonly ManifestEntry[]> {
  const index = await read(repository, tag, options);
  const entries = (index && parseManifest(index.bytes)?.manifests) ?? [];
  return Promise.all(
    entries.map((entry, at) => (at < mostOpened && isUnsaid(entry.artifactType) ? opened(read, repository, entry, options) : entry)),
  );
}

/** Clients that keep such an index themselves leave the type out, or write that of the config, which is empty. */
function isUnsaid(artifactType: string | undefined): boolean {
  return artifactType === undefined || artifactType === '' || artifactType === emptyType;
}

/** The entry with what its manifest says it is. */
async function opened(read: ReadManifest, repository: string, entry: ManifestEntry, options: RequestOptions): Promise<ManifestEntry> {
  const manifest = await read(repository, entry.digest, options);
  const data = manifest && parseManifest(manifest.bytes);
  const artifactType = [data?.artifactType, data?.config?.mediaType].find(type => !isUnsaid(type));
  if (!data) return entry;
  return {
    ...entry,
    annotations: new Map([...data.annotations, ...entry.annotations]),
    ...(artifactType !== undefined && { artifactType }),
  };
}

async function legacyAt(
  read: ReadManifest,
  repository: string,
  tag: string,
  artifactType: string,
  options: RequestOptions,
): Promise<readonly Referrer[]> {
  const found = await read(repository, tag, options);
  return found ? [{ digest: found.digest, mediaType: found.mediaType, artifactType, size: found.size, annotations: new Map() }] : [];
}

/** A row of an index of referrers; its text made printable. */
export function referrerOf({ digest, mediaType, artifactType, size, annotations }: ManifestEntry): Referrer {
  return {
    digest,
    mediaType,
    size,
    ...(artifactType !== undefined && { artifactType: printable(artifactType) }),
    annotations: new Map([...annotations].map(([name, value]) => [printable(name), printable(value)])),
  };
}
