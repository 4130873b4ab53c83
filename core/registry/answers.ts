import { RegistryError, type RegistryErrorCode } from './errors.ts';
import { type Answer, askedWait, requestLine } from './exchange.ts';
import { asRecord, parseJson } from './manifest.ts';
import { serverWords } from './redact.ts';

/** The codes a registry may send, of the distribution spec and of docker's before it. */
const sent: ReadonlySet<string> = new Set<RegistryErrorCode>([
  'BLOB_UNKNOWN',
  'DENIED',
  'DIGEST_INVALID',
  'MANIFEST_BLOB_UNKNOWN',
  'MANIFEST_INVALID',
  'MANIFEST_UNKNOWN',
  'NAME_INVALID',
  'NAME_UNKNOWN',
  'SIZE_INVALID',
  'TAG_INVALID',
  'TOOMANYREQUESTS',
  'UNAUTHORIZED',
  'UNSUPPORTED',
]);

const byStatus: ReadonlyMap<number, RegistryErrorCode> = new Map<number, RegistryErrorCode>([
  [401, 'UNAUTHORIZED'],
  [403, 'DENIED'],
  [405, 'UNSUPPORTED'],
  [429, 'TOOMANYREQUESTS'],
  [501, 'UNSUPPORTED'],
]);

export function isHtml(answer: Answer): boolean {
  return /^\s*text\/html\b/i.test(answer.headers.get('content-type') ?? '');
}

/** The error that an answer of an unwanted status means. `missing` is what a 404 without a code stands for. */
export function errorOf(
  answer: Answer,
  host: string,
  method: string,
  missing: RegistryErrorCode,
  subject: string,
  secrets: Iterable<string>,
): RegistryError {
  const { status } = answer;
  const wait = askedWait(answer.headers);
  const details = { status, request: requestLine(method, answer.url), subject, ...(wait !== undefined && { retryAfter: wait }) };
  // Of a web page only the status is worth keeping: a gateway before a registry sends pages for its own troubles.
  if (isHtml(answer) && status < 500 && status !== 401 && status !== 429) return new RegistryError('NOT_A_REGISTRY', host, details);
  const [first] = errorsOf(answer.body);
  const said = first?.['code'];
  const code =
    status !== 401 && typeof said === 'string' && sent.has(said)
      ? (said as RegistryErrorCode)
      : (byStatus.get(status) ?? (status === 404 ? missing : status >= 500 ? 'SERVER_ERROR' : 'UNEXPECTED'));
  const message = first?.['message'];
  const detail = typeof message === 'string' ? serverWords(message, secrets) : '';
  return new RegistryError(code, host, { ...details, ...(detail !== '' && { detail }) });
}

/** The entries of `{"errors":[…]}`; none where the body is anything else. */
function errorsOf(body: Uint8Array): readonly Readonly<Record<string, unknown>>[] {
  const errors: unknown = asRecord(parseJson(body))?.['errors'];
  return Array.isArray(errors) ? errors.map(asRecord).filter(error => error !== undefined) : [];
}
