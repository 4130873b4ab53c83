// What the server asks of registries and of git, since the client owns the network, the secrets and the programs, and what the client
// tells it. Everything here is answered without an error: what cannot be known is `unknown`, or missing.
import type { BehindAnswer, ImageAnswer, ImageName, SettingsAnswer } from '../core/live/answers.ts';

export type { BehindAnswer, FoundImage, ImageAnswer, ImageName, SettingsAnswer, Signed } from '../core/live/answers.ts';

/** Server to client: what do these references name now? One request for a document. */
export const describeImagesRequest = 'tallyman/describeImages';

export interface DescribeImagesParams {
  readonly references: readonly ImageName[];
  /** Tags by `host/repository` that the workspace knows, so that those of the same image can be told. */
  readonly tags?: Readonly<Record<string, readonly string[]>>;
}

/** In the order of the references. */
export interface DescribeImagesAnswer {
  readonly images: readonly ImageAnswer[];
}

/** Server to client: the tags of a repository, for completion. */
export const listTagsRequest = 'tallyman/listTags';

export interface ListTagsParams {
  readonly host: string;
  readonly repository: string;
}

export interface ListedTag {
  readonly tag: string;
  readonly digest?: string;
  /** ISO 8601. */
  readonly pushedAt?: string;
}

/** The environments first, then the newest as far as names tell. `complete` is false where there are more. */
export interface ListTagsAnswer {
  readonly tags: readonly ListedTag[];
  readonly complete: boolean;
}

/** Server to client: the repositories of connected registries, for completion; of all where no host is named. */
export const listRepositoriesRequest = 'tallyman/listRepositories';

export interface ListRepositoriesParams {
  readonly host?: string;
}

export interface ListRepositoriesAnswer {
  readonly hosts: readonly string[];
  /** `host/repository`. */
  readonly repositories: readonly string[];
}

/** Server to client: what registries say of these repositories themselves; `null` for those that say nothing. */
export const repositorySettingsRequest = 'tallyman/repositorySettings';

export interface RepositorySettingsParams {
  readonly repositories: readonly { readonly host: string; readonly repository: string }[];
}

/** In the order of the repositories. */
export interface RepositorySettingsAnswer {
  readonly repositories: readonly (SettingsAnswer | null)[];
}

/** Server to client: the registries' pages for people about these references; contacts nothing. */
export const webPagesRequest = 'tallyman/webPages';

export interface WebPagesParams {
  readonly references: readonly ImageName[];
}

/** In the order of the references; `null` where a registry has no such page. */
export interface WebPagesAnswer {
  readonly pages: readonly (string | null)[];
}

/** Server to client: how far are these commits behind the heads of these branches, in the clone that a workspace folder is? */
export const commitsBehindRequest = 'tallyman/commitsBehind';

export interface CommitsBehindParams {
  /** URI of the workspace folder. */
  readonly folder: string;
  readonly questions: readonly { readonly revision: string; readonly branch: string }[];
}

/** In the order of the questions. */
export interface CommitsBehindAnswer {
  readonly answers: readonly BehindAnswer[];
}

/** Client to server: what was answered of a repository, or of everything, may be another now. */
export const registryChanged = 'tallyman/registryChanged';

export interface RegistryChangedParams {
  readonly host?: string;
  readonly repository?: string;
}
