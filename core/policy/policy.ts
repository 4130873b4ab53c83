import type { Template } from '../image/template.ts';

/** `off` switches a rule off. */
export const policySeverities = ['error', 'warning', 'info', 'hint', 'off'] as const;
export type PolicySeverity = (typeof policySeverities)[number];

/** A name as a workflow writes it; as text, `${{ … }}`, `$NAME` and `$(…)` in it stand for what nobody knows. */
export type Name = string | Template;

/** Who must have signed what an environment runs. */
export type Signature =
  /** A keyless signature: the OIDC issuer, and the certificate's identity, in which `*` stops at `/` and `**` does not. */
  | { readonly kind: 'keyless'; readonly issuer: string; readonly identity: string }
  /** A key: a file of the repository, or a KMS URI. */
  | { readonly kind: 'key'; readonly key: string };

/** A place that is deployed to, and the tag that says what runs there. */
export interface Environment {
  readonly name: string;
  /** Patterns of the repositories that have the tag; empty where all have. */
  readonly repositories: readonly string[];
  readonly tag: string;
  /** Tags that name the same image. */
  readonly aliases: readonly string[];
  /** Environments, or patterns of tags, that may be promoted to it; empty where anything may. */
  readonly from: readonly string[];
  /** The git branch whose head it stands for. */
  readonly branch?: string;
  /** The form of the tag that each move leaves behind: text with `{tag}`, `{date}`, `{time}`, `{sha}`, `{digest}`. */
  readonly audit?: string;
  /** Logins, `org/team`, e-mail addresses or ARNs that may promote to it; empty where that is not said. */
  readonly promoters: readonly string[];
  /** Any one of them is enough; empty where none is asked for. */
  readonly signatures: readonly Signature[];
}

/** What `.github/tallyman.yml` says, as the questions that are put to it. Without a file nothing is named and nothing is changed. */
export interface Policy {
  /** The severity that was chosen for a rule in a file; `undefined` where nothing was said. */
  severity(rule: string, path: string): PolicySeverity | undefined;
  /** In the order of the file. */
  readonly environments: readonly Environment[];
  /** The environment whose tag, or an alias of it, this surely is. */
  environmentOf(repository: Name, tag: Name): Environment | undefined;
  /** Whether a tag is an environment, an alias of one, or surely matches a protected pattern; `undefined` where the file names none. */
  isProtected(repository: Name, tag: Name): boolean | undefined;
  isCacheTag(repository: Name, tag: Name): boolean;
  isPreviewTag(repository: Name, tag: Name): boolean;
  /** Somebody outside the workspace writes the tag, or may: what is unknown in a name may be anything. */
  isExternalTag(repository: Name, tag: Name): boolean;
  /** Somebody outside the workspace writes or reads the cache, or may. */
  isExternalCache(reference: Name): boolean;
  /** Anybody may pull: no login is needed. */
  isPublic(repository: Name): boolean;
  /** Base and test images: nothing has to name each build of them. */
  isBaseImage(repository: Name): boolean;
  /** Where the checkout of `owner/name` lies, relative to the workspace folder. */
  checkout(repository: string): string | undefined;
  /** Values that cannot do harm by their shape are to be checked too. */
  readonly strict: boolean;
}

export const noPolicy: Policy = {
  severity: () => undefined,
  environments: [],
  environmentOf: () => undefined,
  isProtected: () => undefined,
  isCacheTag: () => false,
  isPreviewTag: () => false,
  isExternalTag: () => false,
  isExternalCache: () => false,
  isPublic: () => false,
  isBaseImage: () => false,
  checkout: () => undefined,
  strict: false,
};
