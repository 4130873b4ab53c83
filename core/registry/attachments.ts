import type { Digest } from '../image/digest.ts';
import { printable } from '../text/printable.ts';
import type { Referrer } from './listing.ts';
import { type ManifestData, parseManifest } from './manifest.ts';
import type { Registry, RequestOptions } from './registry.ts';

/** What an attachment says of its image; nothing of it is verified here. */
export type AttachmentKind = 'signature' | 'sbom' | 'provenance' | 'other';

/** One thing attached to an image. Text is printable. */
export interface Attachment {
  readonly kind: AttachmentKind;
  /** Of the manifest that holds it; several attachments may share one. */
  readonly digest: Digest;
  readonly artifactType?: string;
  /** The in-toto predicate type: `https://slsa.dev/provenance/v1`. */
  readonly predicateType?: string;
  /** What it is about. For BuildKit's attestations that is one platform's manifest. */
  readonly subject: Digest;
  /** A child of the index, as BuildKit writes it, rather than a referrer. */
  readonly inIndex: boolean;
}

/** Images have a handful; more than this are not opened to see what they are. */
const mostOpened = 32;
const predicateKeys = ['dev.sigstore.bundle.predicateType', 'in-toto.io/predicate-type', 'predicateType'] as const;

/** What is attached to a digest, with the kind of each; opens those whose listing does not tell what they are. */
export async function attachmentsOf(
  registry: Registry,
  repository: string,
  subject: Digest,
  options: RequestOptions = {},
): Promise<readonly Attachment[]> {
  const referrers = await registry.referrers(repository, subject, options);
  const found = await Promise.all(
    referrers.map(async (referrer, index): Promise<readonly Attachment[]> => {
      const said = predicateOf(referrer.annotations);
      const opaque = said === undefined && isOpaque(referrer.artifactType);
      const manifest = opaque && index < mostOpened ? await registry.manifest(repository, referrer.digest, options) : undefined;
      const data = manifest && parseManifest(manifest.bytes);
      const predicates = data ? predicatesIn(data) : said === undefined ? [] : [said];
      return attached(referrer, predicates, { digest: referrer.digest, subject, inIndex: false });
    }),
  );
  return found.flat();
}

/** The attestations of one manifest that BuildKit added to an index. */
export function attestationsIn(data: ManifestData, digest: Digest, subject: Digest): readonly Attachment[] {
  const artifactType = 'application/vnd.docker.attestation.manifest.v1+json';
  return attached({ artifactType, annotations: data.annotations }, predicatesIn(data), { digest, subject, inIndex: true });
}

/** The kind that the type of an attachment, or the predicate in it, stands for. */
export function attachmentKind(artifactType: string | undefined, predicateType: string | undefined): AttachmentKind {
  if (predicateType !== undefined) {
    if (/^https:\/\/slsa\.dev\/provenance\b/.test(predicateType)) return 'provenance';
    if (/\bspdx\b|\bcyclonedx\b/i.test(predicateType)) return 'sbom';
    return /^https:\/\/sigstore\.dev\/cosign\/sign\b/.test(predicateType) ? 'signature' : 'other';
  }
  const type = artifactType ?? '';
  if (/^application\/vnd\.(?:dev\.cosign\.artifact\.sig\.|cncf\.notary\.signature$|cncf\.notary\.v2\.signature$)/.test(type))
    return 'signature';
  if (/^application\/vnd\.dev\.cosign\.artifact\.sbom\.|spdx|cyclonedx|\bsyft\b/i.test(type)) return 'sbom';
  return 'other';
}

/** The kind of a referrer as far as the list of them tells, without opening it. */
export function referrerKind({ artifactType, annotations }: Pick<Referrer, 'artifactType' | 'annotations'>): AttachmentKind {
  return kindOf(artifactType, annotations, predicateOf(annotations));
}

/** What a tag that cosign or the referrers fallback made stands for, and which image it is about; `undefined` for any other tag. */
export function attachmentTag(tag: string): { readonly subject: Digest; readonly kind?: AttachmentKind } | undefined {
  const [, hex, suffix = ''] = /^sha256-([0-9a-f]{64})(?:\.(sig|att|sbom))?$/.exec(tag) ?? [];
  if (hex === undefined) return undefined;
  const kind = ({ sig: 'signature', att: 'other', sbom: 'sbom' } as const)[suffix];
  return { subject: `sha256:${hex}`, ...(kind && { kind }) };
}

function attached(
  { artifactType, annotations }: Pick<Referrer, 'artifactType' | 'annotations'>,
  predicates: readonly string[],
  place: Pick<Attachment, 'digest' | 'subject' | 'inIndex'>,
): readonly Attachment[] {
  const type = artifactType === undefined ? {} : { artifactType };
  if (predicates.length > 0) {
    return predicates.map(predicateType => ({ kind: attachmentKind(artifactType, predicateType), ...place, ...type, predicateType }));
  }
  return [{ kind: kindOf(artifactType, annotations, undefined), ...place, ...type }];
}

function kindOf(artifactType: string | undefined, annotations: ReadonlyMap<string, string>, predicate: string | undefined): AttachmentKind {
  const signature = predicate === undefined && annotations.get('dev.sigstore.bundle.content') === 'message-signature';
  return signature ? 'signature' : attachmentKind(artifactType, predicate);
}

/** Envelopes that may hold any statement: Sigstore's bundle, cosign's attestations of before, plain in-toto. */
function isOpaque(artifactType: string | undefined): boolean {
  return /^application\/vnd\.(?:dev\.sigstore\.bundle|dev\.cosign\.artifact\.att|in-toto)\b/.test(artifactType ?? '');
}

/** The predicate types that a manifest or its layers name, each once. */
function predicatesIn({ annotations, layers = [] }: ManifestData): readonly string[] {
  const named = [annotations, ...layers.map(layer => layer.annotations)].flatMap(texts => predicateOf(texts) ?? []);
  return [...new Set(named)];
}

function predicateOf(annotations: ReadonlyMap<string, string>): string | undefined {
  const said = predicateKeys.map(key => annotations.get(key)).find(type => type !== undefined && type !== '');
  return said === undefined ? undefined : printable(said).slice(0, 256);
}
