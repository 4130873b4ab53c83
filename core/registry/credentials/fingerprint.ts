import { createHash } from 'node:crypto';
import type { Credentials } from '../registry.ts';

/** Tells credentials apart without keeping them as a key. */
export function fingerprint(credentials: Credentials | undefined): string {
  return credentials ? createHash('sha256').update(JSON.stringify(credentials)).digest('hex') : '';
}
