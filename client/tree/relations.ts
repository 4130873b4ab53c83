import type { Digest } from '../../core/image/digest.ts';
import { shortDigest } from '../../core/image/digest.ts';
import { compareAliases } from '../../core/image/tagKind.ts';
import { type AttachmentKind, attachmentTag, referrerKind } from '../../core/registry/attachments.ts';
import type { Row } from '../listing/row.ts';
import { tagsByDigest } from '../listing/view.ts';

/** What a row is to another image of its repository. */
export interface Belonging {
  readonly as: 'part' | 'attestation' | AttachmentKind;
  /** The other image: its tags, the most telling first, or its short digest where no tag names it. */
  readonly of: readonly string[];
}

/** What the rows of a repository tell of each other. */
export interface Relations {
  /** Other tags of the same image, the most telling first. */
  sameAs(row: Row): readonly string[];
  /** A signature of it is among the rows. */
  isSigned(row: Row): boolean;
  /** Of what it is a part or an attachment, as far as that was looked at. */
  belonging(row: Row): Belonging | undefined;
}

export function relationsOf(rows: ReadonlyMap<string, Row>): Relations {
  const tags = tagsByDigest(rows.values());
  const signed = new Set<string>();
  const indexes = new Map<Digest, { readonly index: Digest; readonly attestation: boolean }>();
  for (const row of rows.values()) {
    const about = attachedTo(row);
    if (about?.kind === 'signature') signed.add(about.subject);
    const { digest, details } = row;
    if (digest === undefined || details?.content !== 'index') continue;
    for (const child of details.children) indexes.set(child.digest, { index: digest, attestation: child.attestation });
  }

  function names(digest: Digest): readonly string[] {
    const known = tags.get(digest);
    return known ? [...known].sort(compareAliases) : [shortDigest(digest)];
  }

  return {
    sameAs: ({ tag, digest }) => ((digest && tags.get(digest)) ?? []).filter(other => other !== tag).sort(compareAliases),
    isSigned: ({ digest }) => digest !== undefined && signed.has(digest),
    belonging(row) {
      const about = attachedTo(row);
      if (about) return { as: about.kind, of: names(about.subject) };
      const found = row.digest && row.tag === undefined ? indexes.get(row.digest) : undefined;
      return found && { as: found.attestation ? 'attestation' : 'part', of: names(found.index) };
    },
  };
}

/** What the listing says that a row is attached to: as its subject, or in the name that cosign and the referrers fallback make. */
function attachedTo({ tag, listed }: Row): { readonly subject: Digest; readonly kind: AttachmentKind } | undefined {
  const named = tag === undefined ? undefined : attachmentTag(tag);
  if (named) return { subject: named.subject, kind: named.kind ?? 'other' };
  const { subject, artifactType = '' } = listed;
  if (subject === undefined) return undefined;
  // Of what Sigstore's and Notary's envelopes hold, a signature is the rule.
  const kind = /sigstore|cosign|notary/.test(artifactType) ? 'signature' : referrerKind({ artifactType, annotations: new Map() });
  return { subject, kind };
}
