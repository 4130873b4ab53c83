import { RegistryError } from '../errors.ts';
import type { ListedImage, ListingOptions, ListingPage } from '../listing.ts';
import type { RepositorySettings, RequestOptions } from '../registry.ts';
import type { Lifecycle } from './expiring.ts';
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
      async ({ lifecyclePolicyText = '' }) => (await import('./awsSdk.ts')).lifecycleOf(lifecyclePolicyText),
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
async function expiringOf(lifecycle: Lifecycle, pages: AsyncIterable<ListingPage>): Promise<RepositorySettings['expiring'] | undefined> {
  if (!lifecycle.expires) return [];
  const rows: ListedImage[] = [];
  for await (const { images } of pages) if (rows.push(...images) > mostImages) return undefined;
  return lifecycle.expiring(rows, new Date()).flatMap(({ digest, tags }) => (digest ? [{ digest, tags }] : []));
}
