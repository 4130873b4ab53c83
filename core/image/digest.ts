import { createHash } from 'node:crypto';

/** A content digest; only sha256 is written by the tools we know, so only it is accepted. */
export type Digest = `sha256:${string}`;

const pattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

/** The digest of these exact bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The first 12 hex characters, as docker shows them. */
export function shortDigest(digest: Digest): string {
  return digest.slice(7, 19);
}
