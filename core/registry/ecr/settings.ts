import { evaluate, type LifecyclePolicy, type RegistryImage } from '../../ecrPolicy/lifecycle.ts';
import { readLifecycle } from '../../ecrPolicy/readLifecycle.ts';
import { isTag } from '../../image/reference.ts';
import { RegistryError } from '../errors.ts';
import type { ListedImage, ListingOptions, ListingPage } from '../listing.ts';
import type { RepositorySettings, RequestOptions } from '../registry.ts';
import type { EcrSession } from './session.ts';

/** Images of a repository that are looked at to tell which of them expire; of larger ones nothing is told. */
const mostImages = 5000;

/**
 * How a repository's tags are kept: one call for their mutability, one for the lifecycle policy, and the listing where that expires
 * something. Amazon's own preview would have to be started, which changes what the account sees, so the policy is evaluated here.
 */
export async function ecrSettings(
  { registry, call }: EcrSession,
  images: (repository: string, options: ListingOptions) => AsyncIterable<ListingPage>,
  repository: string,
  options: RequestOptions,
): Promise<RepositorySettings | undefined> {
  const about = { ...registry, repositoryName: repository };
  const [{ repositories = [] }, policy] = await Promise.all([
    call('DescribeRepositories', repository, options, api =>
      api.describeRepositories({ ...registry, repositoryNames: [repository] }, options),
    ),
    call('GetLifecyclePolicy', repository, options, api => api.getLifecyclePolicy(about, options)).then(
      ({ lifecyclePolicyText = '' }) => readLifecycle(lifecyclePolicyText).policy,
      // There is none, or this person may not read it.
      (error: unknown) => (error instanceof RegistryError && !error.temporary() ? undefined : Promise.reject(error)),
    ),
  ]);
  const [found] = repositories;
  if (!found) return undefined;
  const { imageTagMutability = '', imageTagMutabilityExclusionFilters: filters = [] } = found;
  const expiring = policy && (await expiringOf(policy, images(repository, options)));
  return {
    ...(/^(?:IM)?MUTABLE/.test(imageTagMutability) && {
      immutable: imageTagMutability.startsWith('IMMUTABLE'),
      exclusions: filters.flatMap(({ filter }) => filter ?? []),
    }),
    ...(expiring && { expiring }),
  };
}

/** What the policy would expire now; `undefined` where there are too many images to tell. */
async function expiringOf(policy: LifecyclePolicy, pages: AsyncIterable<ListingPage>): Promise<RepositorySettings['expiring'] | undefined> {
  if (!policy.rules.some(({ action }) => action === 'expire')) return [];
  const rows: ListedImage[] = [];
  for await (const { images } of pages) if (rows.push(...images) > mostImages) return undefined;
  const hasIndexes = rows.some(isIndex);
  const known = rows.flatMap((row): readonly (RegistryImage & { readonly row: ListedImage })[] => {
    const { digest, tags, pushedAt, pulledAt, archived, subject } = row;
    // What no tag names may belong to an index, which keeps it; what is attached goes with its image.
    const isOwn = tags.length > 0 || isIndex(row) || !hasIndexes;
    if (!digest || pushedAt === undefined || archived || subject || !isOwn) return [];
    return [{ row, digest, tags, pushedAt: new Date(pushedAt), ...(pulledAt !== undefined && { pulledAt: new Date(pulledAt) }) }];
  });
  const doomed = evaluate(policy, known, new Date()).filter(({ action }) => action === 'expire');
  return doomed.flatMap(({ image: { digest } }) => {
    const row = known.find(one => one.digest === digest)?.row;
    return row?.digest ? [{ digest: row.digest, tags: row.tags.filter(isTag) }] : [];
  });
}

function isIndex({ mediaType = '' }: ListedImage): boolean {
  return /\b(?:image\.index|manifest\.list)\b/.test(mediaType);
}
