import type { Digest } from '../../core/image/digest.ts';
import type { AttachmentKind } from '../../core/registry/attachments.ts';
import type { ImageDetails } from '../../core/registry/describe.ts';
import type { ListedImage } from '../../core/registry/listing.ts';

/** One tag, or one image that no tag names, with what is known of it so far. */
export interface Row {
  /** The tag, or the digest where there is none: unique in a repository. */
  readonly key: string;
  readonly tag?: string;
  /** What the registry's listing says. */
  readonly listed: ListedImage;
  /** What the tag names, as far as it was looked at. */
  readonly digest?: Digest;
  /** What the image itself says. */
  readonly details?: ImageDetails;
  /** Absent where nobody looked yet. */
  readonly attached?: readonly AttachmentKind[];
  readonly state:
    | { readonly status: 'unread' }
    | { readonly status: 'read' }
    | { readonly status: 'gone' }
    /** A sentence for people. */
    | { readonly status: 'failed'; readonly message: string };
}

/** The rows of a listing's image: one for each tag, or one for the image where it has none. */
export function rowsOf(listed: ListedImage): readonly Row[] {
  const { digest, tags } = listed;
  const state = { status: digest === undefined ? 'unread' : 'read' } as const;
  const known = { listed, state, ...(digest && { digest }) };
  if (tags.length > 0) return tags.map(tag => ({ key: tag, tag, ...known }));
  return digest === undefined ? [] : [{ key: digest, ...known }];
}

/**
 * A row that was read again, with what is still true of what was known: all of it where the digest is the same. A listing that gives
 * no digests says nothing of whether a tag moved, so then the old one stays until somebody looks.
 */
export function renewed(fresh: Row, known: Row | undefined): Row {
  if (!known || (fresh.digest !== undefined && known.digest !== fresh.digest)) return fresh;
  const { digest, details, attached } = known;
  return { ...fresh, ...(digest && { digest }), ...(details && { details }), ...(attached && { attached }) };
}

/** A row for the next run: that it could not be read in this one says nothing then. */
export function kept(row: Row): Row {
  if (row.state.status !== 'failed') return row;
  return { ...row, state: { status: row.digest === undefined ? 'unread' : 'read' } };
}

/** ISO 8601: since when the tag names it as far as the registry tells, or else when it was built. */
export function dateOf({ listed, details }: Row): string | undefined {
  return listed.pushedAt ?? details?.created;
}

/** Compressed bytes of its layers; of an index, of one platform. */
export function sizeOf({ listed, details }: Row): number | undefined {
  return listed.size ?? details?.size;
}

export function platformsOf({ listed, details }: Row): readonly string[] {
  return details?.platforms ?? listed.platforms ?? [];
}

/** True where the listing told all that a row shows, so that no request is spent on it. */
export function isComplete({ listed, details, digest }: Row): boolean {
  if (digest === undefined) return false;
  if (details !== undefined) return true;
  return listed.pushedAt !== undefined && listed.size !== undefined && listed.platforms !== undefined;
}
