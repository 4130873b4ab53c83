import { literal, type Template } from '../../image/template.ts';

/** What a value must be: `undefined` where it is right or nobody can tell, otherwise what it should be, as a text. */
type Check = (value: string) => string | undefined;

interface Backend {
  /** Keys of exports and imports alike. */
  readonly both: Readonly<Record<string, Check>>;
  readonly exports: Readonly<Record<string, Check>>;
  readonly imports: Readonly<Record<string, Check>>;
  /** The key without which it does not work. */
  readonly needsToExport?: string;
  readonly needsToImport?: string;
}

const any: Check = () => undefined;
const matching =
  (pattern: RegExp, expected: string): Check =>
  value =>
    pattern.test(value) ? undefined : expected;

const boolean = matching(/^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/, '`true` or `false`');
const booleanOrEmpty: Check = value => (value === '' ? undefined : boolean(value));
const mode = matching(/^(?:min|max)$/, '`min` or `max`');
const integer = matching(/^\d+$/, 'a number');
const duration = matching(/^[+-]?(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$|^0$/, 'a duration such as `10m`');
const failure = { 'ignore-error': boolean };
const layers = {
  mode,
  'image-manifest': boolean,
  'oci-mediatypes': boolean,
  compression: matching(/^(?:uncompressed|gzip|estargz|zstd)$/, '`uncompressed`, `gzip`, `estargz` or `zstd`'),
  'compression-level': integer,
  'force-compression': booleanOrEmpty,
  ...failure,
};

/** BuildKit 0.32's cache backends: cache/remotecache/{registry,local,inline,gha,s3,azblob}. */
const backends: Readonly<Record<string, Backend>> = {
  registry: {
    both: { ref: any, 'registry.insecure': boolean },
    exports: layers,
    imports: {},
    needsToExport: 'ref',
    needsToImport: 'ref',
  },
  local: {
    both: { tag: any },
    exports: { dest: any, reset: boolean, ...layers },
    imports: { src: any, digest: matching(/^sha256:[0-9a-f]{64}$/, 'a digest (`sha256:…`)') },
    needsToExport: 'dest',
    needsToImport: 'src',
  },
  inline: { both: {}, exports: {}, imports: {} },
  gha: {
    both: {
      scope: any,
      url: any,
      url_v2: any,
      token: any,
      version: matching(/^[12]$/, '`1` or `2`'),
      timeout: duration,
      repository: any,
      ghtoken: any,
    },
    exports: { mode, ...failure },
    imports: {},
  },
  s3: {
    both: {
      bucket: any,
      region: any,
      prefix: any,
      blobs_prefix: any,
      manifests_prefix: any,
      name: any,
      endpoint_url: any,
      use_path_style: boolean,
      access_key_id: any,
      secret_access_key: any,
      session_token: any,
      touch_refresh: duration,
      upload_parallelism: matching(/^0*[1-9]\d*$/, 'a number above 0'),
      disable_accept_encoding: boolean,
      retry_mode: matching(/^(?:standard|adaptive)$/, '`standard` or `adaptive`'),
      retry_max_attempts: matching(/^0*[1-9]\d*$/, 'a number above 0'),
    },
    exports: { mode, ...failure },
    imports: {},
  },
  azblob: {
    both: {
      account_url: any,
      account_name: any,
      container: any,
      prefix: any,
      blobs_prefix: any,
      manifests_prefix: any,
      name: any,
      secret_access_key: any,
    },
    exports: { mode, ...failure },
    imports: {},
  },
};

export const cacheTypes: readonly string[] = Object.keys(backends);

function backendOf(type: string): Backend | undefined {
  return Object.hasOwn(backends, type) ? backends[type] : undefined;
}

const keys = new Map<string, ReadonlySet<string>>();

/** Every key of a backend, for exports and imports; none for an unknown one. */
export function cacheKeys(type: string): ReadonlySet<string> {
  const backend = backendOf(type);
  if (!backend) return new Set();
  const known = keys.get(type) ?? new Set(['type', ...Object.keys({ ...backend.both, ...backend.exports, ...backend.imports })]);
  keys.set(type, known);
  return known;
}

/** How a backend takes a key there: `unknown` is ignored, `misplaced` says nothing in this direction. */
export function optionKind(type: string, direction: 'cacheExport' | 'cacheImport', key: string): 'known' | 'misplaced' | 'unknown' {
  const backend = backendOf(type);
  if (!backend || key === 'type' || Object.hasOwn(backend.both, key)) return 'known';
  const [own, other] = direction === 'cacheExport' ? [backend.exports, backend.imports] : [backend.imports, backend.exports];
  if (Object.hasOwn(own, key)) return 'known';
  if (Object.hasOwn(other, key)) return 'misplaced';
  // An inline cache is one more entry in the image's own manifest: these mean nothing to it, and harm nothing.
  return type === 'inline' && (key === 'mode' || key === 'ignore-error') ? 'misplaced' : 'unknown';
}

/** What a value should be, where it is known not to be that. */
export function expectedValue(type: string, key: string, value: Template): string | undefined {
  const written = literal(value);
  const backend = backendOf(type);
  const check = [backend?.both, backend?.exports, backend?.imports].find(options => options && Object.hasOwn(options, key))?.[key];
  return written === undefined ? undefined : check?.(written);
}

/** The key without which a backend has no place to write to or read from. */
export function requiredKey(type: string, direction: 'cacheExport' | 'cacheImport'): string | undefined {
  const backend = backendOf(type);
  return direction === 'cacheExport' ? backend?.needsToExport : backend?.needsToImport;
}
