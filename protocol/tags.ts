// What the sidebar asks of the workspace about tags that registries hold. Answered without an error: what is not known is left out.

/** Client to server: who writes and who reads this tag? */
export const tagUsesRequest = 'tallyman/tagUses';

export interface TagUsesParams {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

export interface TagUse {
  readonly does: 'writes' | 'reads';
  /** False where a run decides whether it is this tag. */
  readonly surely: boolean;
  readonly uri: string;
  /** Of the workspace folder. */
  readonly path: string;
  /** From 0, in UTF-16 units. */
  readonly line: number;
  readonly character: number;
  /** `deployed by job release`; printable. */
  readonly words: string;
}

/** Writers first. */
export interface TagUsesAnswer {
  readonly uses: readonly TagUse[];
}

/** Client to server: what does the policy say of a repository, and of these of its tags? */
export const tagRolesRequest = 'tallyman/tagRoles';

export interface TagRolesParams {
  readonly host: string;
  readonly repository: string;
  readonly tags: readonly string[];
}

export type TagRole = 'protected' | 'cache' | 'preview';

export interface TagRolesAnswer {
  /** In the order of the policy; those whose tag this repository may have. */
  readonly environments: readonly { readonly name: string; readonly tag: string; readonly aliases: readonly string[] }[];
  /** Only the tags of which it says something. */
  readonly tags: Readonly<Record<string, TagRole>>;
}
