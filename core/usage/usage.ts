import type { Template } from '../image/template.ts';
import type { Place, Span } from '../text/span.ts';
import type { Job, Step } from '../workflow/model.ts';
import type { Unexpanded } from './actions/unexpanded.ts';
import type { Start } from './starts.ts';
import type { Delete, RepositorySettings } from './upkeep.ts';

export type { Delete, RepositorySettings } from './upkeep.ts';

/** One item of a value with its place in the file: a tag, a cache entry, an argument. */
export interface Item {
  readonly template: Template;
  readonly span: Span;
}

/** One `key=value` of a Docker option; the key as written, leading space included. */
export interface Attribute {
  readonly key: string;
  readonly value: Template;
  /** The whole `key=value`. */
  readonly template: Template;
}

export interface UsageBase {
  readonly job: Job;
  readonly step: Step;
  /** The narrowest place that expresses it. */
  readonly at: Span;
  /** It stands in a branch or loop of a script, so it may not happen though its step runs. */
  readonly conditional: boolean;
  /** Events with which its step may run, after `if:`; `workflow_call` stands for whatever started the caller. */
  readonly events: readonly string[];
  /** The same in more detail: event and kind of reference, after the triggers' filters and every `if:`. */
  readonly starts: readonly Start[];
  /** What becomes of its failure: it ends the job, is asked about (`if`, `||`), or nobody sees it (`|| true`, `continue-on-error`). */
  readonly failure: 'fatal' | 'tested' | 'ignored';
  /** It happens on another machine than the job's, by ssh: with the files and logins of that one. */
  readonly elsewhere?: true;
  /** Where it is written, when that is not the workflow's own file: a composite action, a reusable workflow or a script that the step runs. */
  readonly within?: Place;
  /** The file that the step or job calls for it, which may call others: absent for what the workflow does itself. */
  readonly through?: string;
  /** The job of a reusable workflow that does it for `job`. */
  readonly calledJob?: Job;
}

export interface Build extends UsageBase {
  readonly kind: 'build';
  /** What expresses it: `docker/build-push-action`, `docker buildx build`, `bake`, `kaniko`. */
  readonly tool: string;
  /** Local names too, where nothing is pushed. */
  readonly tags: readonly Item[];
  /** Unknown where an expression decides. */
  readonly pushes: boolean | undefined;
  /** Those of `events` with which it pushes, where an expression decides; absent for all of them. */
  readonly pushEvents?: readonly string[];
  /** The same in more detail. */
  readonly pushStarts?: readonly Start[];
  /** Pushed without a tag, to be merged into an index by a later job. */
  readonly byDigest: boolean;
  /** The expression for the digest it pushed, `steps.build.outputs.digest`. */
  readonly digest?: string;
  /** `linux/amd64`, …; empty where none is asked for (the builder's own), `undefined` where an expression decides. */
  readonly platforms?: readonly Template[] | undefined;
  /** The folder or URL that is sent; absent for the default. */
  readonly context?: Item;
  readonly dockerfile?: Item;
  /** The stage. */
  readonly target?: Item;
  /** `NAME=value`, or a bare `NAME` that the environment fills. */
  readonly buildArgs: readonly Item[];
  readonly buildContexts: readonly Item[];
  readonly labels: readonly Item[];
  /** Exporters with their options, `type=image,name=…`. */
  readonly outputs?: readonly Item[];
  /** Secrets that are mounted: `id=…`, as the tool takes them. */
  readonly secrets?: readonly Item[];
  /** The image comes to the machine; absent where it does not. */
  readonly loads?: boolean | undefined;
  /** Whether what it pushes comes with attestations, which makes an index of it; `undefined` where an expression decides, absent for the tool's default. */
  readonly attestations?: boolean | undefined;
  /** Variables of a shell in references that no shell reads. */
  readonly unexpanded?: readonly Unexpanded[];
}

export interface Push extends UsageBase {
  readonly kind: 'push';
  readonly tool: string;
  readonly reference: Item;
  /** `--all-tags`. */
  readonly allTags?: boolean;
}

export interface Pull extends UsageBase {
  readonly kind: 'pull';
  readonly reference: Item;
  /** `container` and `service` are images that the runner starts for a job. */
  readonly purpose: 'use' | 'container' | 'service';
}

/** Gives an existing image another name. */
export interface Retag extends UsageBase {
  readonly kind: 'retag';
  readonly tool: string;
  readonly from: Item;
  readonly to: Item;
  /** Further sources that are merged with `from` into one index. */
  readonly others?: readonly Item[];
  /** The new name lands in the registry; otherwise (`docker tag`) only on this machine. */
  readonly remote: boolean;
  /** All platforms of an index come along; `false`: one is picked; `undefined`: unknown. */
  readonly allPlatforms: boolean | undefined;
  /** What makes its manifest another one than the source's, so that the digest changes: `--annotation`; absent for a plain copy. */
  readonly rewrites?: { readonly by: string; readonly at: Span };
  /** A single image is put into an index of its own, which has another digest. */
  readonly wraps?: true;
}

/** Asks a registry about a reference: its digest, its manifest, whether it is there. */
export interface Inspect extends UsageBase {
  readonly kind: 'inspect';
  readonly tool: string;
  readonly reference: Item;
}

/** Whose signature a check asks for, as far as it is written. */
export interface Signer {
  /** A key, or a certificate of one's own authority: nobody else can have signed. */
  readonly key: boolean;
  /** The certificate's identity and issuer, as a whole or as regular expressions in Go's syntax that may match anywhere. */
  readonly identity?: Item;
  readonly identityPattern?: Item;
  readonly issuer?: Item;
  readonly issuerPattern?: Item;
  /** The repository, or its owner, whose run must have signed, beside the identity. */
  readonly repository?: Item;
  readonly owner?: Item;
  /** A word that nobody can see may hold more of it. */
  readonly open: boolean;
}

/** Checks a signature or attestation. */
export interface Verify extends UsageBase {
  readonly kind: 'verify';
  readonly tool: string;
  readonly reference: Item;
  /** Absent where the tool does not take it from the command: a trust policy in a file. */
  readonly signer?: Signer;
}

/** Makes a signature or attestation. */
export interface Sign extends UsageBase {
  readonly kind: 'sign';
  readonly tool: string;
  readonly reference: Item;
}

/** Starts what runs anew without naming an image: `rollout restart`, `update-service --force-new-deployment`. */
export interface Restart extends UsageBase {
  readonly kind: 'restart';
  readonly target: string;
}

/** docker/metadata-action: the rows behind the tags that a later build names by `steps.<id>.outputs.tags`. */
export interface Metadata extends UsageBase {
  readonly kind: 'metadata';
  readonly images: readonly Item[];
  readonly rows: readonly MetadataRow[];
  /** `tags:` is absent, so the rows are the action's defaults. */
  readonly defaultRows: boolean;
  /** `flavor: latest=`; absent for `auto`, `undefined` value where an expression decides. */
  readonly latest: 'auto' | 'true' | 'false' | 'unknown';
  /** `auto` adds `latest` because of a row for releases. */
  readonly addsLatest: boolean;
  /** The starts with which the flavor adds `latest`, `auto` or not. */
  readonly latestStarts?: readonly Start[];
}

export interface MetadataRow {
  readonly item: Item;
  /** `semver`, `raw`, …; `unknown` where an expression decides. */
  readonly type: string;
  /** The tag it makes, prefix and suffix included; a choice where it differs by run, empty where no run has it. */
  readonly tag: Template;
  readonly attributes: readonly Attribute[];
  /** An expression decides (`enable=`) whether it is given. */
  readonly perhaps: boolean;
  /** The starts with which it may be given: none where its type never makes a tag here. A row with `enable=false` is left out. */
  readonly starts: readonly Start[];
}

/** Files are kept between runs: actions/cache, artifacts. */
export interface FileCache extends UsageBase {
  readonly kind: 'fileCache';
  readonly paths: readonly Item[];
  readonly restores: boolean;
  readonly saves: boolean;
}

/** Something that is not understood and may build, push, log in or deploy: `make`, an npm script, an action nobody knows, a remote workflow. */
export interface Opaque extends UsageBase {
  readonly kind: 'opaque';
  readonly what: 'command' | 'action' | 'workflow' | 'script';
  /** `make docker-push`, `acme/release-action@v1`. */
  readonly name: string;
  /** Why nobody can see what it does, as the end of a sentence: `it is not in this workspace`. */
  readonly reason?: string;
}

export interface CacheExport extends UsageBase {
  readonly kind: 'cacheExport';
  /** `registry`, `gha`, …; a bare reference is `registry`. */
  readonly type: string;
  /** Written without `key=value`. */
  readonly bare: boolean;
  readonly entry: Item;
  readonly attributes: readonly Attribute[];
  /** Those of `starts` with which it is written, where an expression decides; absent for all of them. */
  readonly exportStarts?: readonly Start[];
}

export interface CacheImport extends UsageBase {
  readonly kind: 'cacheImport';
  readonly type: string;
  readonly bare: boolean;
  readonly entry: Item;
  readonly attributes: readonly Attribute[];
}

/** Makes something run an image. */
export interface Deploy extends UsageBase {
  readonly kind: 'deploy';
  readonly reference: Item;
  /** What it deploys to, as far as it is named: `deployment/web`, a context, a namespace. */
  readonly target: string;
  /** Its images are named in a file that is on the server alone; `reference` is unknown then. */
  readonly namedThere?: true;
}

export interface Login extends UsageBase {
  readonly kind: 'login';
  readonly tool: string;
  /** Empty for Docker Hub. */
  readonly registry: Template;
  readonly ecr: boolean;
  readonly user?: Item;
  readonly password?: Item;
  /** How the password reaches the program; an action's input is `input`. */
  readonly passwordBy: 'input' | 'stdin' | 'argument' | 'helper';
}

export interface Checkout extends UsageBase {
  readonly kind: 'checkout';
  readonly ref?: Item;
  /** Another repository than the workflow's own. */
  readonly repository?: Item;
  /** Commits that are fetched, 0 for all; `undefined` where an expression decides. */
  readonly depth: number | undefined;
  readonly path?: Item;
}

/** A builder is set up. */
export interface Builder extends UsageBase {
  readonly kind: 'builder';
  /** `docker`, `remote`, …; absent for `docker-container`, the default, and where an expression decides. */
  readonly driver?: string;
  /** BuildKit's version where its image is pinned, `[0, 20]`. */
  readonly buildkit?: readonly [major: number, minor: number];
}

/** One thing that a workflow does with images; all places are in the file of its workflow. */
export type Usage =
  | Build
  | Push
  | Pull
  | Retag
  | Inspect
  | Verify
  | Sign
  | CacheExport
  | CacheImport
  | Deploy
  | Restart
  | Login
  | Checkout
  | Builder
  | Metadata
  | RepositorySettings
  | Delete
  | FileCache
  | Opaque;

/** A usage as an adapter says it. */
export type FactOf<U> = Omit<
  U,
  'job' | 'step' | 'conditional' | 'events' | 'starts' | 'failure' | 'elsewhere' | 'within' | 'through' | 'calledJob'
>;

/** What an adapter says; the walk adds where and when. */
export type Fact = Usage extends infer U ? (U extends Usage ? FactOf<U> : never) : never;
