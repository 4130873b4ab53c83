import type { AttachmentKind } from '../../core/registry/attachments.ts';

/** What is attached to an image: its icon, and what it is called. */
export const attachmentLooks: Readonly<Record<AttachmentKind, { readonly icon: string; readonly name: string }>> = {
  signature: { icon: 'verified', name: 'Signature' },
  sbom: { icon: 'list-tree', name: 'SBOM' },
  provenance: { icon: 'law', name: 'Provenance' },
  other: { icon: 'link', name: 'Attestation' },
};
