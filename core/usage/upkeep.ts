import type { Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Item, UsageBase } from './usage.ts';

/** What is set on a repository in the registry: `aws ecr create-repository`, `put-image-tag-mutability`. */
export interface RepositorySettings extends UsageBase {
  readonly kind: 'repositorySettings';
  /** The repository's name without its registry. */
  readonly repository: Item;
  readonly creates: boolean;
  /** `IMMUTABLE`, `MUTABLE`, `IMMUTABLE_WITH_EXCLUSION`, …; absent where it is not set. */
  readonly mutability?: Template;
  /** Patterns of tags that stay as they may, `cache*`. */
  readonly exclusions: readonly Item[];
  readonly scanOnPush?: boolean;
  /** The policy's JSON as it is given. */
  readonly lifecyclePolicy?: Item;
  /** The file of the repository that it stands in. */
  readonly lifecycleFile?: string;
}

/** Removes images from a registry. */
export interface Delete extends UsageBase {
  readonly kind: 'delete';
  readonly tool: string;
  /** The image that it names; the repository without a tag where it chooses among its images. */
  readonly reference: Item;
  /** How it chooses; absent where it removes just what it names. */
  readonly removal?: Removal;
}

/** One tag, or a pattern of tags, as a clean-up is told it. */
export interface TagPattern {
  readonly item: Item;
  /** `exact`: the tag itself; `wildcard`: `*` and `?` for the whole tag; `regex`: found anywhere in the tag. */
  readonly syntax: 'exact' | 'wildcard' | 'regex';
}

/** Which images of a repository a clean-up removes. What is `undefined` nobody can see. */
export interface Removal {
  readonly tagged: boolean | undefined;
  readonly untagged: boolean | undefined;
  /** The input that says so. */
  readonly untaggedBy?: Span;
  /** Only images with such a tag; absent for all. */
  readonly takes?: readonly TagPattern[];
  /** Images with such a tag stay. */
  readonly spares: readonly TagPattern[] | undefined;
  /** Untagged manifests stay while an index that stays points at them. */
  readonly sparesChildren: boolean | undefined;
  /** What was meant to spare tags and does not, with the reason as the end of a sentence. */
  readonly idle?: { readonly item: Item; readonly reason: string };
}

/** Nothing is known of what it chooses. */
export const unseenRemoval: Removal = { tagged: undefined, untagged: undefined, spares: undefined, sparesChildren: undefined };
