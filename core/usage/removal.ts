import type { Item } from './usage.ts';

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
