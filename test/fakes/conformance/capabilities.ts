/** What a registry declares of itself where registries differ. The suite asserts what is declared, either way. */
export interface Capabilities {
  /** `n` and `last` limit tags/list, `Link` names the next page, and a bad `n` is an error; else all three do nothing. */
  readonly tagPaging: boolean;
  /** tags/list is in the spec's lexical order. */
  readonly sortedTags: boolean;
  /** What tags/list says of a repository whose last manifest was deleted. */
  readonly emptied: 'empty list' | 'null';
  /** The referrers API answers an index; else 404 as plain text. */
  readonly referrers: boolean;
  /** PUT of a manifest with a subject answers OCI-Subject. */
  readonly ociSubject: boolean;
  /** DELETE by tag removes the tag alone; else it is 400 DIGEST_INVALID. */
  readonly tagDelete: boolean;
  /** A chunk whose Content-Range leaves a gap is 416; else it is taken. */
  readonly chunkOrder: boolean;
  /** What GET of an OCI manifest answers when no Accept names its type. */
  readonly withoutAccept: 'manifest' | 'not found';
}

/** Ours, in `demo/registry`. */
export const demoRegistry: Capabilities = {
  tagPaging: true,
  sortedTags: true,
  emptied: 'empty list',
  referrers: true,
  ociSubject: true,
  tagDelete: true,
  chunkOrder: true,
  withoutAccept: 'manifest',
};

/** distribution 2.8, as Debian's docker-registry has it. */
export const distribution28: Capabilities = {
  tagPaging: false,
  sortedTags: false,
  emptied: 'null',
  referrers: false,
  ociSubject: false,
  tagDelete: false,
  chunkOrder: false,
  withoutAccept: 'not found',
};
