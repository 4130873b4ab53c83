/** What a handler was asked, with the body already read: handlers are plain functions from this to an Answer. */
export interface Asked {
  readonly method: string;
  /** The path without the query, as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** What is sent back. A HEAD is answered like its GET; the server leaves the body out and keeps its length. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** The error codes of the OCI distribution spec, and the one that distribution added for a bad `n`. */
export type ErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'PAGINATION_NUMBER_INVALID'
  | 'SIZE_INVALID'
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'UNSUPPORTED'
  | 'TOOMANYREQUESTS'
  | 'UNKNOWN';

export function answer(status: number, headers: Readonly<Record<string, string>> = {}, body?: Uint8Array): Answer {
  return { status, headers, ...(body && { body }) };
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return answer(status, { 'content-type': 'application/json', ...headers }, Buffer.from(JSON.stringify(value)));
}

/** An error body as the spec shapes it; `detail` is whatever names the thing (a digest, a name). */
export function failure(status: number, code: ErrorCode, message: string, detail?: unknown): Answer {
  return failures(status, [{ code, message, detail }]);
}

export function failures(status: number, errors: readonly { code: ErrorCode; message: string; detail?: unknown }[]): Answer {
  return json(status, { errors: errors.map(({ code, message, detail }) => ({ code, message, ...(detail !== undefined && { detail }) })) });
}
