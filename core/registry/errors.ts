/** The distribution spec's codes, and ours for trouble that no registry reports. */
export type RegistryErrorCode =
  | 'BLOB_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'TAG_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED'
  /** The host does not resolve, refuses, or its certificate is not trusted. */
  | 'UNREACHABLE'
  /** The connection ended before the answer did. */
  | 'RESET'
  | 'TIMEOUT'
  /** HTML, or JSON of another kind: something else answers at this host. */
  | 'NOT_A_REGISTRY'
  /** The bytes do not hash to the digest that was asked for or announced. */
  | 'DIGEST_MISMATCH'
  | 'TOO_LARGE'
  /** `Link` leads round in a circle or to another host. */
  | 'PAGING'
  | 'REDIRECT'
  /** The token service is at another site; `realm` names it. Trusted once asked. */
  | 'UNTRUSTED_REALM'
  /** Credentials are wanted over plain http. */
  | 'INSECURE'
  /** The address of a provider's interface is not one that its credentials may be sent to. */
  | 'FOREIGN_API'
  /** A session of Amazon's is over; `awsLogin` is what begins a new one. */
  | 'SESSION_EXPIRED'
  /** It cannot be deleted while a multi-platform image points at it. */
  | 'REFERENCED'
  /** Status 5xx. */
  | 'SERVER_ERROR'
  /** Any other answer that the spec does not allow for. */
  | 'UNEXPECTED';

/** The command of Amazon's own tool that begins a new session. */
export interface AwsLogin {
  readonly command: 'sso login' | 'login';
  /** The profile whose session it is; the tool's default where it is absent. */
  readonly profile?: string;
}

/** That command as arguments for `aws`. */
export function awsLoginArguments({ command, profile }: AwsLogin): readonly string[] {
  return [...command.split(' '), ...(profile === undefined ? [] : ['--profile', profile])];
}

export interface RegistryErrorDetails {
  readonly cause?: unknown;
  readonly status?: number;
  /** Method and path, without query or credentials. */
  readonly request?: string;
  /** The registry's own words, printable and free of what was sent to it. */
  readonly detail?: string;
  /** What the registry asked us to wait, in milliseconds. */
  readonly retryAfter?: number;
  /** Origin of a token service that is not trusted yet. */
  readonly realm?: string;
  /** The repository or tag it is about. */
  readonly subject?: string;
  /** With SESSION_EXPIRED. */
  readonly awsLogin?: AwsLogin;
}

/** Trouble with one registry. The message is for logs; `explain` has the sentence for people. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;
  readonly host: string;
  readonly status: number | undefined;
  readonly request: string | undefined;
  readonly detail: string | undefined;
  readonly retryAfter: number | undefined;
  readonly realm: string | undefined;
  readonly subject: string | undefined;
  readonly awsLogin: AwsLogin | undefined;

  constructor(code: RegistryErrorCode, host: string, details: RegistryErrorDetails = {}) {
    const { cause, status, request, detail } = details;
    const facts = [request, status && `status ${status}`, detail].filter(Boolean).join(', ');
    super(`${code} at ${host}${facts && `: ${facts}`}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.host = host;
    this.status = status;
    this.request = request;
    this.detail = detail;
    this.retryAfter = details.retryAfter;
    this.realm = details.realm;
    this.subject = details.subject;
    this.awsLogin = details.awsLogin;
  }

  /** True where the same request may succeed a little later. */
  temporary(): boolean {
    return this.code === 'RESET' || this.code === 'TIMEOUT' || this.code === 'TOOMANYREQUESTS' || this.code === 'SERVER_ERROR';
  }
}
