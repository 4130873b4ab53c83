/** `off` switches a rule off. */
export type PolicySeverity = 'error' | 'warning' | 'info' | 'hint' | 'off';

/** What `.github/tallyman.yml` says, as the questions that are put to it. Without a file nothing is named and nothing is changed. */
export interface Policy {
  /** The severity that was chosen for a rule in a file; `undefined` where nothing was said. */
  severity(rule: string, path: string): PolicySeverity | undefined;
  /** Whether a tag is an environment, an alias of one, or matches a protected pattern; `undefined` where the file names none. `repository` is written as in the workflow. */
  isProtected(repository: string, tag: string): boolean | undefined;
  isCacheTag(repository: string, tag: string): boolean;
  isPreviewTag(repository: string, tag: string): boolean;
  /** Somebody outside the workspace writes the tag. */
  isExternalTag(repository: string, tag: string): boolean;
  /** Somebody outside the workspace writes or reads the cache. */
  isExternalCache(reference: string): boolean;
  /** Anybody may pull: no login is needed. */
  isPublic(repository: string): boolean;
  /** Base and test images: nothing has to name each build of them. */
  isBaseImage(repository: string): boolean;
  /** Where the checkout of `owner/name` lies, relative to the workspace folder. */
  checkout(repository: string): string | undefined;
}

export const noPolicy: Policy = {
  severity: () => undefined,
  isProtected: () => undefined,
  isCacheTag: () => false,
  isPreviewTag: () => false,
  isExternalTag: () => false,
  isExternalCache: () => false,
  isPublic: () => false,
  isBaseImage: () => false,
  checkout: () => undefined,
};
