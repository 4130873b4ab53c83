import type { Digest } from '../image/digest.ts';
import type { Referrer } from './listing.ts';

/** What is attached to an image, as far as its labels say; nothing here is verified. */
export type AttachmentKind = 'signature' | 'provenance' | 'sbom' | 'attestation' | 'other';

const kinds: readonly (readonly [AttachmentKind, RegExp])[] = [
  // Cosign since 3.0 signs with a statement of its own; before, with a layer of simple signing; Notary with an envelope.
  ['signature', /sigstore\.dev\/cosign\/sign\/|cosign\.(?:artifact\.sig|simplesigning)|cncf\.notary\.signature/],
  ['provenance', /slsa\.dev\/(?:provenance|verification_summary)\b|slsa\.dev\/provenance/],
  ['sbom', /spdx|cyclonedx|syft|cosign\.artifact\.sbom/i],
  ['attestation', /sigstore\.bundle|cosign\.artifact\.att|in-toto|dsse/],
];

/** The kind of a referrer, from its artifact type and the predicate that a Sigstore bundle's annotations name. */
export function attachmentKind({ artifactType = '', mediaType, annotations }: Omit<Referrer, 'digest' | 'size'>): AttachmentKind {
  const predicate = annotations.get('dev.sigstore.bundle.predicateType') ?? annotations.get('in-toto.io/predicate-type') ?? '';
  if (annotations.get('dev.sigstore.bundle.content') === 'message-signature') return 'signature';
  for (const said of [predicate, artifactType, mediaType]) {
    const found = said === '' ? undefined : kinds.find(([, pattern]) => pattern.test(said));
    if (found) return found[0];
  }
  return 'other';
}

/** What a tag that cosign or the referrers fallback made stands for, and which image it is about; `undefined` for any other tag. */
export function attachmentTag(tag: string): { readonly subject: Digest; readonly kind: AttachmentKind | undefined } | undefined {
  const match = /^sha256-([0-9a-f]{64})(?:\.(sig|att|sbom))?$/.exec(tag);
  if (!match) return undefined;
  const kind = ({ sig: 'signature', att: 'attestation', sbom: 'sbom' } as const)[match[2] ?? ''];
  return { subject: `sha256:${match[1]}`, kind };
}
