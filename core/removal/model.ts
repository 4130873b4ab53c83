import type { Digest } from '../image/digest.ts';
import type { RegistryError } from '../registry/errors.ts';

/** Every tag of a repository with what it named at one time, and what its indexes are made of. */
export interface Survey {
  readonly tags: ReadonlyMap<string, Digest>;
  /** The children of each index that a tag names, or that the registry lists without one. */
  readonly indexes: ReadonlyMap<Digest, readonly Digest[]>;
  /** The image that each of these is attached to, as far as the listing or the manifest says. */
  readonly subjects?: ReadonlyMap<Digest, Digest>;
}

/** What the policy answers for tags: true where it protects one, false where it protects others; nothing where it does not say. */
export type Protection = ReadonlyMap<string, boolean>;

/** Children of indexes that were read already: a digest's children never change. */
export interface IndexCache {
  get(index: Digest): readonly Digest[] | undefined;
  set(index: Digest, children: readonly Digest[]): unknown;
}

/** One thing looked at while planning; `refused` means that this removal must not be carried out. */
export interface RemovalCheck {
  readonly id: 'child' | 'protected' | 'pulled' | 'trail' | 'parts' | 'attached';
  readonly result: 'warning' | 'refused' | 'note';
  /** One sentence for people, already printable. */
  readonly message: string;
}

/** One tag to take away, or one image to delete. */
export interface Removal {
  readonly kind: 'untag' | 'delete';
  /** What it must still be right before the write. */
  readonly digest: Digest;
  /** With `untag`, the tag. */
  readonly tag?: string;
  /** Every tag that is gone afterwards; with `delete` all tags of the image. */
  readonly tags: readonly string[];
  /** The image goes: it is deleted, or this was its last tag and the registry keeps none without. */
  readonly deletes: boolean;
  readonly checks: readonly RemovalCheck[];
}

/** What will be removed from one repository, as plain data: shown, confirmed, carried out. Nothing is written before `applyRemovals`. */
export interface RemovalPlan {
  readonly version: 1;
  readonly host: string;
  readonly repository: string;
  readonly removals: readonly Removal[];
  /** What the plan is made from; absent where it takes only tags away that leave their images. */
  readonly survey?: Survey;
  /** Tags that move and matter most: those of environments, `latest`, and what the policy protects. Right before an image goes, each is looked at. */
  readonly watched: readonly string[];
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Where carrying out is; after `remove` it can no longer be cancelled for that removal. */
export type RemovalStep =
  | { readonly kind: 'survey'; readonly done: number; readonly total?: number }
  | { readonly kind: 'recheck' | 'remove' | 'verify'; readonly removal: Removal };

/** How one removal ended. */
export type RemovalOutcome =
  /** Read back: nothing names it any more. `kept`: whether the image of a tag that is gone is still there. */
  | { readonly status: 'removed'; readonly kept?: boolean }
  /** It was not there any more. */
  | { readonly status: 'absent' }
  /** A tag names something else than confirmed, or further tags name the image; nothing was written. */
  | { readonly status: 'stale'; readonly tag: string; readonly found: Digest | 'absent' }
  | { readonly status: 'refused'; readonly checks: readonly RemovalCheck[] }
  /** Nothing was written. */
  | { readonly status: 'cancelled' }
  /** The registry did not take it; nothing was written as far as it says. */
  | { readonly status: 'failed'; readonly error: RegistryError }
  /** It was sent, and what was to go is still there or could not be read. */
  | { readonly status: 'unverified'; readonly cause?: unknown }
  /** The tag is gone and was written anew by somebody else meanwhile. */
  | { readonly status: 'rewritten'; readonly found: Digest };
