import { imageKey } from './answers.ts';
import type { LiveContext } from './rule.ts';
import type { ImageUse } from './uses.ts';

const known = new WeakMap<readonly ImageUse[], ReadonlySet<ImageUse>>();

/** Whether what is true of an image is said at this use: the first that reads it, else the first that writes it. */
export function isFirst(use: ImageUse, { uses }: LiveContext): boolean {
  const found = known.get(uses) ?? firsts(uses);
  known.set(uses, found);
  return found.has(use);
}

function firsts(uses: readonly ImageUse[]): ReadonlySet<ImageUse> {
  const first = new Map<string, ImageUse>();
  for (const use of uses) {
    if (!use.image || use.role === 'cache') continue;
    const key = imageKey(use.image);
    const before = first.get(key);
    if (!before || (before.role === 'write' && use.role === 'read')) first.set(key, use);
  }
  return new Set(first.values());
}
