import { type Digest, isDigest } from '../../image/digest.ts';
import { RegistryError } from '../errors.ts';
import type { ListedImage, ListingOptions, ListingPage, Referrer, ReferrersOptions } from '../listing.ts';
import { parseManifest, strings } from '../manifest.ts';
import { legacyTags, referrerOf } from '../referrers.ts';
import type { Manifest, RequestOptions } from '../registry.ts';
import { acceptedMediaTypes, byDigest, failureOf, manifestOf, rowOf, rowOfManifest } from './rows.ts';
import type { EcrSession } from './session.ts';

/** The most that ECR puts on one page of a listing. */
const largestPage = 1000;
/** The most images that one call may name. */
const largestBatch = 100;
const referrersAPage = 50;
/** More pages of attachments than any image has. */
const mostReferrerPages = 20;
/** Pages in a row that may bring nothing new before a list counts as endless. */
const barrenPages = 2;

interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string | undefined;
}

/**
 * Pages until there is no token for another; `first` rows on the first one. Stops with PAGING where a token comes again or pages repeat
 * what came already.
 */
async function* pages<T>(
  host: string,
  subject: string,
  key: (item: T) => string,
  ask: (paging: { nextToken?: string; maxResults: number }) => Promise<Page<T>>,
  first = largestPage,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  const tokens = new Set<string>();
  let maxResults = Math.max(1, Math.min(first, largestPage));
  let nextToken: string | undefined;
  for (let barren = 0; ; maxResults = largestPage) {
    const page = await ask({ maxResults, ...(nextToken !== undefined && { nextToken }) });
    const fresh = page.items.filter(item => !seen.has(key(item)));
    for (const item of fresh) seen.add(key(item));
    yield fresh;
    nextToken = page.nextToken;
    if (nextToken === undefined) return;
    barren = fresh.length === 0 ? barren + 1 : 0;
    if (tokens.has(nextToken) || barren >= barrenPages)
      throw new RegistryError('PAGING', host, { subject, detail: 'the next pages bring nothing new' });
    tokens.add(nextToken);
  }
}

/** What the API tells of a registry's images. Every function throws RegistryError. */
export function ecrReading(host: string, { registry, call }: EcrSession) {
  async function* repositories(options: RequestOptions): AsyncGenerator<string> {
    const ask = (paging: { nextToken?: string; maxResults: number }) =>
      call('DescribeRepositories', 'the list of repositories', options, async api => {
        const { repositories = [], nextToken } = await api.describeRepositories({ ...registry, ...paging }, options);
        return { items: repositories.flatMap(({ repositoryName }) => repositoryName ?? []), nextToken };
      });
    for await (const names of pages(host, 'the list of repositories', name => name, ask)) yield* names;
  }

  async function* images(repository: string, options: ListingOptions): AsyncGenerator<ListingPage> {
    const ask = (paging: { nextToken?: string; maxResults: number }) =>
      call('DescribeImages', repository, options, async api => {
        const asked = { ...registry, repositoryName: repository, filter: { imageStatus: 'ANY' as const }, ...paging };
        const { imageDetails = [], nextToken } = await api.describeImages(asked, options);
        return { items: imageDetails.flatMap(detail => rowOf(detail) ?? []), nextToken };
      });
    for await (const rows of pages(host, repository, ({ digest }) => digest ?? '', ask, options.pageSize)) yield { images: rows };
  }

  async function* tags(repository: string, options: RequestOptions): AsyncGenerator<string> {
    const ask = (paging: { nextToken?: string; maxResults: number }) =>
      call('ListImages', repository, options, async api => {
        const asked = { ...registry, repositoryName: repository, filter: { tagStatus: 'TAGGED' as const }, ...paging };
        const { imageIds = [], nextToken } = await api.listImages(asked, options);
        return { items: imageIds.flatMap(({ imageTag }) => imageTag ?? []), nextToken };
      });
    for await (const names of pages(host, repository, name => name, ask)) yield* names;
  }

  /** Manifests by the tags or digests that were asked for; what is not there is left out, what is not as its digest says is `undefined`. */
  async function manifests(
    repository: string,
    references: readonly ({ readonly imageTag: string } | { readonly imageDigest: Digest })[],
    options: RequestOptions,
  ): Promise<ReadonlyMap<string, Manifest | undefined>> {
    const found = new Map<string, Manifest | undefined>();
    for (let from = 0; from < references.length; from += largestBatch) {
      const imageIds = references.slice(from, from + largestBatch);
      const { images = [], failures = [] } = await call('BatchGetImage', repository, options, api =>
        api.batchGetImage({ ...registry, repositoryName: repository, imageIds, acceptedMediaTypes: [...acceptedMediaTypes] }, options),
      );
      for (const image of images) found.set(image.imageId?.imageTag ?? image.imageId?.imageDigest ?? '', manifestOf(image));
      for (const failure of failures) {
        const { imageTag, imageDigest } = failure.imageId ?? {};
        const trouble = failureOf(host, imageTag === undefined ? `${repository}@${imageDigest}` : `${repository}:${imageTag}`, failure);
        if (trouble) throw trouble;
      }
    }
    return found;
  }

  /** Two calls for a hundred tags: their manifests, of which some may be missing, and then the dates of those that are there. */
  async function lookUp(repository: string, tags: readonly string[], options: RequestOptions): Promise<ReadonlyMap<string, ListedImage>> {
    const wanted = [...new Set(tags)];
    const found = await manifests(
      repository,
      wanted.map(imageTag => ({ imageTag })),
      options,
    );
    const digests = [...found.values()].flatMap(manifest => manifest?.digest ?? []);
    const rows = await details(repository, digests, options);
    const looked = new Map<string, ListedImage>();
    for (const [tag, manifest] of found) {
      if (!manifest) continue;
      looked.set(tag, { ...rowOfManifest(manifest, [tag]), ...rows.get(manifest.digest) });
    }
    return looked;
  }

  async function details(
    repository: string,
    digests: readonly Digest[],
    options: RequestOptions,
  ): Promise<ReadonlyMap<Digest, ListedImage>> {
    const ids = byDigest(digests);
    const rows = new Map<Digest, ListedImage>();
    for (let from = 0; from < ids.length; from += largestBatch) {
      const asked = { ...registry, repositoryName: repository, imageIds: ids.slice(from, from + largestBatch) };
      const answer = await call('DescribeImages', repository, options, api => api.describeImages(asked, options)).catch(
        (error: unknown) => {
          // One that went away meanwhile fails the whole call; the digests are known without it.
          if (error instanceof RegistryError && (error.code === 'MANIFEST_UNKNOWN' || error.code === 'DENIED')) return undefined;
          throw error;
        },
      );
      for (const row of (answer?.imageDetails ?? []).flatMap(detail => rowOf(detail) ?? [])) if (row.digest) rows.set(row.digest, row);
    }
    return rows;
  }

  /** ListImageReferrers, and the tags that stood in for it and that cosign writes, which one more call looks for. */
  async function referrers(repository: string, digest: Digest, options: ReferrersOptions): Promise<readonly Referrer[]> {
    if (options.apiOnly) return listReferrers(repository, digest, options);
    const tag = digest.replace(':', '-');
    const suffixes = ['', ...legacyTags.map(([suffix]) => suffix)];
    const [listed, tagged] = await Promise.all([
      listReferrers(repository, digest, options),
      manifests(
        repository,
        suffixes.map(suffix => ({ imageTag: `${tag}${suffix}` })),
        options,
      ),
    ]);
    const index = tagged.get(tag);
    const standIn = listed.length > 0 || !index ? [] : (parseManifest(index.bytes)?.manifests ?? []).map(referrerOf);
    const old = legacyTags.flatMap(([suffix, artifactType]): readonly Referrer[] => {
      const is = tagged.get(`${tag}${suffix}`);
      return is ? [{ digest: is.digest, mediaType: is.mediaType, artifactType, size: is.size, annotations: new Map() }] : [];
    });
    const found = new Map<Digest, Referrer>();
    for (const referrer of [...listed, ...standIn, ...old]) if (!found.has(referrer.digest)) found.set(referrer.digest, referrer);
    return [...found.values()];
  }

  async function listReferrers(repository: string, digest: Digest, options: RequestOptions): Promise<readonly Referrer[]> {
    const found: Referrer[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < mostReferrerPages; page++) {
      const asked = { ...registry, repositoryName: repository, subjectId: { imageDigest: digest }, maxResults: referrersAPage };
      const answer = await call('ListImageReferrers', `${repository}@${digest}`, options, api =>
        api.listImageReferrers({ ...asked, ...(nextToken !== undefined && { nextToken }) }, options),
      );
      for (const { digest: is, mediaType = '', artifactType, size = 0, annotations = {} } of answer.referrers ?? [])
        if (is !== undefined && isDigest(is))
          found.push(
            referrerOf({
              digest: is,
              mediaType,
              size,
              annotations: strings(annotations),
              ...(artifactType !== undefined && { artifactType }),
            }),
          );
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    return found;
  }

  return { repositories, images, tags, manifests, lookUp, referrers };
}
