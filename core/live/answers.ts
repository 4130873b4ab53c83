import type { Digest } from '../image/digest.ts';

/** One image of a registry, as a workflow names it: by a tag, by a digest, or by both, where the digest counts. */
export interface ImageName {
  /** `docker.io` where a reference names none. */
  readonly host: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** Whether something that looks like a signature is attached; whose it is, and whether it holds, is another question. */
export type Signed = 'signed' | 'unsigned';

/** What a reference names now. A missing field is unknown. */
export interface FoundImage {
  readonly status: 'found';
  readonly digest: Digest;
  /** ISO 8601: when the registry was asked. */
  readonly readAt: string;
  /** ISO 8601: when the registry got it, or the tag was moved to it. */
  readonly pushedAt?: string;
  /** ISO 8601: when it was built. */
  readonly createdAt?: string;
  /** `linux/arm64/v8`, sorted; empty for what has none, a cache. */
  readonly platforms?: readonly string[];
  /** The commit that it says it was built from. */
  readonly revision?: string;
  readonly signed?: Signed;
  /** Other tags of the same digest, as far as they were looked for: most telling first. */
  readonly aliases: readonly string[];
}

export type ImageAnswer =
  | FoundImage
  /** The registry was asked and has no such image. */
  | { readonly status: 'missing'; readonly readAt: string }
  /** Nobody connected this registry, so nothing is asked of it. */
  | { readonly status: 'notConnected' }
  /** Offline, refused, or not understood: nothing is said of it. */
  | { readonly status: 'unknown' };

/** What a registry says of a repository itself. A missing field is unknown. */
export interface SettingsAnswer {
  /** ISO 8601. */
  readonly readAt: string;
  /** Whether a tag that is there can not be written again. */
  readonly immutable?: boolean;
  /** Tags for which the opposite holds; `*` stands for any characters. */
  readonly exclusions?: readonly string[];
  /** Images that the lifecycle policy would expire now. */
  readonly expiring?: readonly { readonly digest: Digest; readonly tags: readonly string[] }[];
}

/** A commit of a branch that an image is built without. */
export interface MissedCommit {
  /** Full object name. */
  readonly id: string;
  /** Printable. */
  readonly subject: string;
  /** ISO 8601, when it was committed. */
  readonly time: string;
}

/** How far a commit is behind a branch's head, as the workspace's clone last saw it. */
export type BehindAnswer =
  | { readonly status: 'known'; readonly total: number /** Newest first, perhaps not all. */; readonly commits: readonly MissedCommit[] }
  /** Not in this clone, no ancestor of the branch, no git, or an untrusted workspace. */
  | { readonly status: 'unknown' };

/** All that is known now; `undefined` for what was not asked, or is not answered yet. */
export interface Answers {
  image(name: ImageName): ImageAnswer | undefined;
  settings(host: string, repository: string): SettingsAnswer | undefined;
  behind(revision: string, branch: string): BehindAnswer | undefined;
}

/** What tells references apart. */
export function imageKey({ host, repository, tag, digest }: ImageName): string {
  return `${host}/${repository}${digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}
