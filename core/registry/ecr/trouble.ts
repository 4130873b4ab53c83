import { type AwsLogin, RegistryError, type RegistryErrorCode } from '../errors.ts';
import { serverWords } from '../redact.ts';
import { isUndelivered } from './api.ts';

/** What was asked, for the error that may come of it. */
export interface Asked {
  readonly host: string;
  /** `DescribeImages`. */
  readonly operation: string;
  readonly subject: string;
  readonly profile?: string;
}

/** ECR's names of errors, in the distribution spec's terms. AWS, "Amazon ECR API Reference", "Common Errors". */
const codes: ReadonlyMap<string, RegistryErrorCode> = new Map<string, RegistryErrorCode>([
  ['RepositoryNotFoundException', 'NAME_UNKNOWN'],
  ['ImageNotFoundException', 'MANIFEST_UNKNOWN'],
  ['LayersNotFoundException', 'MANIFEST_BLOB_UNKNOWN'],
  ['ReferencedImagesNotFoundException', 'MANIFEST_BLOB_UNKNOWN'],
  ['ImageTagAlreadyExistsException', 'TAG_INVALID'],
  ['ImageDigestDoesNotMatchException', 'DIGEST_INVALID'],
  ['AccessDeniedException', 'DENIED'],
  ['AccessDenied', 'DENIED'],
  ['UnrecognizedClientException', 'UNAUTHORIZED'],
  ['InvalidClientTokenId', 'UNAUTHORIZED'],
  ['InvalidSignatureException', 'UNAUTHORIZED'],
  ['SignatureDoesNotMatch', 'UNAUTHORIZED'],
  ['ExpiredTokenException', 'UNAUTHORIZED'],
  ['ExpiredToken', 'UNAUTHORIZED'],
  ['MissingAuthenticationTokenException', 'UNAUTHORIZED'],
  ['ThrottlingException', 'TOOMANYREQUESTS'],
  ['ThrottleException', 'TOOMANYREQUESTS'],
  ['TooManyRequestsException', 'TOOMANYREQUESTS'],
  ['LimitExceededException', 'TOOMANYREQUESTS'],
  ['ServerException', 'SERVER_ERROR'],
  ['UnableToGetUpstreamImageException', 'SERVER_ERROR'],
  ['UnableToListUpstreamImageReferrersException', 'SERVER_ERROR'],
  ['UnknownOperationException', 'UNSUPPORTED'],
]);

/** Words by which Amazon's providers say that a person has to sign in again. */
const overs: readonly (readonly [AwsLogin['command'], RegExp])[] = [
  ['sso login', /aws sso login|SSO session|Token is expired|Session token not found or invalid|UnauthorizedException/],
  ['login', /aws login|Your session has expired|reauthenticate|Failed to load token|Token validation failed/],
];

const withoutCredentials = 'no AWS credentials are found';
const emptyProfile = 'no credentials come from the AWS profile';

/** True where Amazon's chain of credentials has nothing, so that something else may serve. */
export function isWithoutCredentials(error: unknown): boolean {
  return error instanceof RegistryError && error.code === 'UNAUTHORIZED' && error.detail === withoutCredentials;
}

/** True where it is the AWS configuration that is to be looked at: it gives no credentials, or not under that name. */
export function isOfAwsConfiguration(error: RegistryError): boolean {
  return isWithoutCredentials(error) || (error.code === 'UNAUTHORIZED' && error.detail?.startsWith(emptyProfile) === true);
}

/** The RegistryError that an error of the SDK stands for. */
export function ecrTrouble(error: unknown, asked: Asked): RegistryError {
  const { host, operation, subject, profile } = asked;
  if (error instanceof RegistryError) return error;
  if (isUndelivered(error)) return ecrTrouble(error.trouble, asked);
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  const { status, delay } = metadataOf(error);
  const details = {
    subject,
    request: operation,
    ...(status !== undefined && { status }),
    ...(delay !== undefined && { retryAfter: delay }),
  };
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return credentialTrouble(message, asked);
  if (error instanceof SyntaxError) return new RegistryError('NOT_A_REGISTRY', host, details);
  const code =
    codes.get(name) ?? (status === 429 ? 'TOOMANYREQUESTS' : status !== undefined && status >= 500 ? 'SERVER_ERROR' : 'UNEXPECTED');
  if (code === 'DENIED') return new RegistryError(code, host, { ...details, detail: missingRight(message, operation) });
  const expired = name.startsWith('ExpiredToken') && profile !== undefined ? `the credentials of profile ${profile} are expired` : message;
  return new RegistryError(code, host, { ...details, detail: serverWords(expired, []) });
}

/** The chain found nothing, or a session that is over. */
function credentialTrouble(message: string, { host, subject, profile }: Asked): RegistryError {
  const [command] = overs.find(([, words]) => words.test(message)) ?? [];
  if (command)
    return new RegistryError('SESSION_EXPIRED', host, { subject, awsLogin: { command, ...(profile !== undefined && { profile }) } });
  const nothing = /Could not load credentials from any providers/.test(message);
  const named = /Could not resolve credentials using profile: \[([^\]]+)\]/.exec(message)?.[1];
  const detail = nothing ? withoutCredentials : named === undefined ? message : `${emptyProfile} ${named}`;
  return new RegistryError('UNAUTHORIZED', host, { subject, detail: serverWords(detail, []) });
}

/** Which IAM action is missing, and to whom. */
function missingRight(message: string, operation: string): string {
  const [, who, action = `ecr:${operation}`] = /(?:User: (\S+) )?is not authorized to perform: ([\w-]+:\w+)/.exec(message) ?? [];
  return serverWords(`the IAM action ${action} is not allowed${who === undefined ? '' : ` to ${who}`}`, []);
}

/** What the SDK noted beside the error. */
function metadataOf(error: unknown): { readonly status?: number; readonly delay?: number } {
  if (typeof error !== 'object' || error === null) return {};
  const { $metadata, $response } = error as { $metadata?: { httpStatusCode?: number }; $response?: { headers?: Record<string, string> } };
  const wait = Number($response?.headers?.['retry-after']);
  const status = $metadata?.httpStatusCode;
  return { ...(status !== undefined && { status }), ...(wait > 0 && { delay: wait * 1000 }) };
}
