import { evaluate, type RegistryImage } from '../../ecrPolicy/lifecycle.ts';
import { readLifecycle } from '../../ecrPolicy/readLifecycle.ts';
import type { ListedImage } from '../listing.ts';

/** A lifecycle policy as Amazon ECR hands it out: whether it removes anything at all, and which of a repository's images now. */
export interface Lifecycle {
  readonly expires: boolean;
  expiring(rows: readonly ListedImage[], now: Date): readonly ListedImage[];
}

/** `undefined` where the text is no policy. */
export function lifecycleOf(text: string): Lifecycle | undefined {
  const { policy } = readLifecycle(text);
  return (
    policy && {
      expires: policy.rules.some(({ action }) => action === 'expire'),
      expiring(rows, now) {
        const hasIndexes = rows.some(isIndex);
        const images = rows.flatMap(row => imageOf(row, hasIndexes) ?? []);
        const doomed = new Set(evaluate(policy, images, now).flatMap(({ image, action }) => (action === 'expire' ? image.digest : [])));
        return rows.filter(({ digest }) => digest !== undefined && doomed.has(digest));
      },
    }
  );
}

/** What no tag names may belong to an index, which keeps it; what is attached goes with its image. */
function imageOf(row: ListedImage, hasIndexes: boolean): RegistryImage | undefined {
  const { digest, tags, pushedAt, pulledAt, archived, subject } = row;
  const isOwn = tags.length > 0 || isIndex(row) || !hasIndexes;
  if (!digest || pushedAt === undefined || archived || subject || !isOwn) return undefined;
  return { digest, tags, pushedAt: new Date(pushedAt), ...(pulledAt !== undefined && { pulledAt: new Date(pulledAt) }) };
}

function isIndex({ mediaType = '' }: ListedImage): boolean {
  return /\b(?:image\.index|manifest\.list)\b/.test(mediaType);
}
