import type { CommitRange } from '../git/history.ts';
import type { Digest } from '../image/digest.ts';
import type { ImageDetails } from '../registry/describe.ts';

/** One tag of one repository. */
export interface TagName {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

/** The digest a tag must name right before the write, or `absent` for a tag that must not exist yet. */
export type Expected = Digest | 'absent';

/** One thing looked at while planning; `refused` means that the plan must not be applied. */
export interface Check {
  readonly id: 'children' | 'direction' | 'kind' | 'platforms' | 'target' | 'trail';
  readonly result: 'passed' | 'warning' | 'refused';
  /** One sentence for people, already printable. */
  readonly message: string;
}

/** One HTTP request that applying the plan sends, in this order. */
export interface PlannedRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly url: string;
  readonly purpose: string;
}

/** A tag written beside the moving one, so that a digest stays findable: `prod-20261114-1a2b3c4`. */
export interface TrailTag {
  readonly tag: string;
  readonly digest: Digest;
}

/** What will happen, as plain data: shown, confirmed, logged. Nothing is written before `applyPlan`. */
export interface Plan extends TagName {
  readonly version: 1;
  readonly kind: 'promote' | 'rollback';
  /** What was asked for: a tag or a digest of the same repository. */
  readonly source: string;
  /** The image that `source` named when it was resolved, once. */
  readonly next: ImageDetails;
  /** The image that the tag names now; absent where the tag does not exist. */
  readonly current?: ImageDetails;
  /** What the tag must still name right before the write. */
  readonly expected: Expected;
  /** True where the tag names the digest already: applying writes nothing. */
  readonly alreadyThere: boolean;
  /** From the current image's revision to the next one's; `unknown` without revisions or git. */
  readonly history: CommitRange;
  readonly checks: readonly Check[];
  /** Written before the tag moves, in this order. */
  readonly trail: readonly TrailTag[];
  readonly requests: readonly PlannedRequest[];
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Where an application is; told as each step begins. After `move` the move can no longer be cancelled. */
export type Step =
  | { readonly kind: 'read' }
  | { readonly kind: 'recheck' }
  | { readonly kind: 'trail'; readonly tag: string }
  | { readonly kind: 'move' }
  | { readonly kind: 'verify' };

/** How an application ended. Trouble before the tag was written throws a RegistryError instead. */
export type Outcome =
  | { readonly status: 'unchanged' }
  /** Read back and compared. `recorded` is false where the ledger could not be written afterwards. */
  | { readonly status: 'moved'; readonly trail: readonly string[]; readonly recorded: boolean }
  /** The tag (or a trail tag that the plan meant to write) names something else than planned; the tag was not written. */
  | {
      readonly status: 'stale';
      readonly tag: string;
      readonly expected: Expected;
      readonly found: Expected;
      readonly trail: readonly string[];
    }
  | { readonly status: 'refused'; readonly checks: readonly Check[] }
  | { readonly status: 'cancelled'; readonly trail: readonly string[] }
  /** The write was sent, but another writer's digest was read back. */
  | { readonly status: 'overwritten'; readonly found: Expected; readonly trail: readonly string[]; readonly recorded: boolean }
  /** The write was sent and could not be confirmed; the tag may name either digest. */
  | {
      readonly status: 'unverified';
      readonly cause?: unknown;
      /** What the tag named when it was last read, if it could be. */
      readonly found?: Expected;
      readonly trail: readonly string[];
      readonly recorded: boolean;
    };
