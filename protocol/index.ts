// Names and plain types that client and server share. Types only, and no RequestType objects: the client's and the server's library
// pin different versions of the protocol package, whose objects do not fit each other.

/** What a client may say when it starts the server; each field may be missing. */
export interface InitializationOptions {
  /** False where another extension reports YAML that does not parse: then `invalid-yaml` is left out. Default true. */
  readonly invalidYaml?: boolean;
  /** True where the client has the command `showRuleCommand`, and follows links to it. Default false: then the pages on the web are named. */
  readonly showsRules?: boolean;
  /** Path patterns of further workflow files, until the client's settings say otherwise. */
  readonly patterns?: readonly string[];
  /** True where the client answers what `registries.ts` asks. Default false: then nothing is shown of registries. */
  readonly answersRegistries?: boolean;
}

/** The client's command that shows a rule's page; its argument is the rule's id. */
export const showRuleCommand = 'tallyman.showRule';

/** The client's command that connects a registry; its argument is the host. */
export const connectRegistryCommand = 'tallyman.connectRegistry';

/** The section of the client's settings that the server asks for. */
export const settingsSection = 'tallyman';

/** The part of that section which the server reads; a client may send anything. */
export interface ServerSettings {
  /** `tallyman.files`: path patterns of files that are workflows although they lie elsewhere. */
  readonly files?: readonly string[];
  /** `tallyman.severity`: by a rule's id the severity to show, or `off`. */
  readonly severity?: Readonly<Record<string, string>>;
  /** `tallyman.checkWorkspace`: findings of files that are not open are shown too. Default false here, true in VS Code. */
  readonly checkWorkspace?: boolean;
  /** `tallyman.lenses`: lines above references that say what they name now; `connected` leaves out those that offer to connect. Default `all`. */
  readonly lenses?: 'all' | 'connected' | 'off';
  /** `tallyman.inlayDigests`: the digest behind each reference. Default false. */
  readonly inlayDigests?: boolean;
  /** `tallyman.liveFindings`: findings that rest on what connected registries hold. Default true. */
  readonly liveFindings?: boolean;
}

/** Client to server: which of these tags of `host/repository` do the policies of the workspace's folders protect? */
export const protectedTagsRequest = 'tallyman/protectedTags';

export interface ProtectedTagsParams {
  readonly repository: string;
  readonly tags: readonly string[];
}

/** In the order of the tags: whether a policy protects it; null where none names anything to protect. */
export type ProtectedTagsAnswer = readonly (boolean | null)[];

/** Client to server: make a new workflow from what a workspace folder holds. Nothing is written. */
export const newWorkflowRequest = 'tallyman/newWorkflow';

export type WorkflowKind = 'promotion' | 'rollback' | 'preview' | 'cache';

export interface NewWorkflowParams {
  /** URI of the workspace folder. */
  readonly folder: string;
  readonly kind: WorkflowKind;
  /** Where they are left out, what is there alone or the policy prefers is taken. */
  readonly image?: string;
  readonly environment?: string;
}

export type NewWorkflowAnswer =
  /** `path` is where it belongs, relative to the folder; `notes` are sentences about what it needs. */
  | { readonly status: 'made'; readonly path: string; readonly text: string; readonly notes: readonly string[] }
  /** More than one would do, or none: ask again with one of the options. */
  | { readonly status: 'question'; readonly about: 'image' | 'environment'; readonly options: readonly string[] };
