import type { RegistryErrorCode } from '../../core/registry/errors.ts';
import type { ErrorCode } from '../../demo/registry/answer.ts';

/** Every error of the distribution spec with a status that it comes with, and what the client makes of it. */
export const specErrors: readonly (readonly [number, ErrorCode, RegistryErrorCode])[] = [
  [404, 'BLOB_UNKNOWN', 'BLOB_UNKNOWN'],
  [400, 'BLOB_UPLOAD_INVALID', 'UNEXPECTED'],
  [404, 'BLOB_UPLOAD_UNKNOWN', 'NAME_UNKNOWN'],
  [400, 'DIGEST_INVALID', 'DIGEST_INVALID'],
  [404, 'MANIFEST_BLOB_UNKNOWN', 'MANIFEST_BLOB_UNKNOWN'],
  [400, 'MANIFEST_INVALID', 'MANIFEST_INVALID'],
  [404, 'MANIFEST_UNKNOWN', 'MANIFEST_UNKNOWN'],
  [400, 'NAME_INVALID', 'NAME_INVALID'],
  [404, 'NAME_UNKNOWN', 'NAME_UNKNOWN'],
  [400, 'SIZE_INVALID', 'SIZE_INVALID'],
  [413, 'SIZE_INVALID', 'SIZE_INVALID'],
  [401, 'UNAUTHORIZED', 'UNAUTHORIZED'],
  [403, 'DENIED', 'DENIED'],
  [400, 'UNSUPPORTED', 'UNSUPPORTED'],
  [405, 'UNSUPPORTED', 'UNSUPPORTED'],
  [429, 'TOOMANYREQUESTS', 'TOOMANYREQUESTS'],
  [503, 'UNKNOWN', 'SERVER_ERROR'],
  [418, 'UNKNOWN', 'UNEXPECTED'],
];
