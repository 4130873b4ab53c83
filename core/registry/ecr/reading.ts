import { type Digest, isDigest } from '../../image/digest.ts';
import { isTag } from '../../image/reference.ts';
import { RegistryError } from '../errors.ts';
import type { ListedImage, ListingOptions, ListingPage, Referrer, ReferrersOptions } from '../listing.ts';
import { parseManifest, strings } from '../manifest.ts';
import { legacyTags, referrerOf } from '../referrers.ts';
import type { RequestOptions } from '../registry.ts';
import { ecrManifests, idOf, isManifest, largestBatch } from './manifests.ts';
import { type Paging, pages } from './pages.ts';
import { rowOf, rowOfManifest } from './rows.ts';
import type { EcrSession } from './session.ts';

const referrersAPage = 50;
/** More pages of attachments than any image has. */
const mostReferrerPages = 20;

/** What the API tells of a registry's images. Every function throws RegistryError. */
export function ecrReading(host: string, session: EcrSession) {
  const { registry, call } = session;
  const { many, one } = ecrManifests(host, session);

  async function* repositories(options: RequestOptions): AsyncGenerator<string> {
    const ask = (paging: Paging) =>
      call('DescribeRepositories', 'the list of repositories', options, async api => {
        const { repositories = [], nextToken } = await api.describeRepositories({ ...registry, ...paging }, options);
        return { items: repositories.flatMap(({ repositoryName }) => repositoryName ?? []), nextToken };
      });
    for await (const names of pages({ host, subject: 'the list of repositories', key: name => name, ask })) yield* names;
  }

  async function* images(repository: string, options: ListingOptions): AsyncGenerator<ListingPage> {
    const ask = (paging: Paging) =>
      call('DescribeImages', repository, options, async api => {
        const asked = { ...registry, repositoryName: repository, filter: { imageStatus: 'ANY' as const }, ...paging };
        const { imageDetails = [], nextToken } = await api.describeImages(asked, options);
        return { items: imageDetails.flatMap(detail => rowOf(detail) ?? []), nextToken };
      });
    for await (const rows of pages({ host, subject: repository, key: ({ digest }) => digest ?? '', ask, first: options.pageSize }))
      yield { images: rows };
  }

  async function* tags(repository: string, options: RequestOptions): AsyncGenerator<string> {
    const ask = (paging: Paging) =>
      call('ListImages', repository, options, async api => {
        const asked = { ...registry, repositoryName: repository, filter: { tagStatus: 'TAGGED' as const }, ...paging };
        const { imageIds = [], nextToken } = await api.listImages(asked, options);
        return { items: imageIds.flatMap(({ imageTag }) => imageTag ?? []), nextToken };
      });
    for await (const names of pages({ host, subject: repository, key: name => name, ask })) yield* names;
  }

  /**
   * Two calls for a hundred tags: their manifests, of which some may be missing, and then the dates of those that are there. A tag whose
   * manifest cannot be read has its row from the second; throws where it has none.
   */
  async function lookUp(repository: string, tags: readonly string[], options: RequestOptions): Promise<ReadonlyMap<string, ListedImage>> {
    const found = await many(repository, [...new Set(tags)], options);
    const asked = [...found].filter(([name]) => isTag(name)).map(([tag, is]) => (isManifest(is) ? is.digest : tag));
    const rows = await details(repository, [...new Set(asked)], options);
    const looked = new Map<string, ListedImage>();
    for (const [tag, is] of found) {
      if (!isTag(tag)) continue;
      const row = isManifest(is) ? rows.get(is.digest) : [...rows.values()].find(one => one.tags.includes(tag));
      if (!row && is instanceof RegistryError) throw is;
      looked.set(tag, { ...(isManifest(is) ? rowOfManifest(is, [tag]) : { tags: [tag] }), ...row });
    }
    return looked;
  }

  async function details(
    repository: string,
    references: readonly string[],
    options: RequestOptions,
  ): Promise<ReadonlyMap<string, ListedImage>> {
    const rows = new Map<string, ListedImage>();
    for (let from = 0; from < references.length; from += largestBatch) {
      const imageIds = references.slice(from, from + largestBatch).map(idOf);
      const asked = { ...registry, repositoryName: repository, imageIds };
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

  /** The tags of an image; `undefined` where it is not there. */
  async function tagsOf(repository: string, digest: Digest, options: RequestOptions): Promise<readonly string[] | undefined> {
    return (await details(repository, [digest], options)).get(digest)?.tags;
  }

  /** ListImageReferrers, and the tags that stood in for it and that cosign writes, which one more call looks for. */
  async function referrers(repository: string, digest: Digest, options: ReferrersOptions): Promise<readonly Referrer[]> {
    if (options.apiOnly) return listReferrers(repository, digest, options);
    const tag = digest.replace(':', '-');
    const suffixes = ['', ...legacyTags.map(([suffix]) => suffix)];
    const [listed, tagged] = await Promise.all([
      listReferrers(repository, digest, options),
      many(
        repository,
        suffixes.map(suffix => `${tag}${suffix}`),
        options,
      ),
    ]);
    const index = tagged.get(tag);
    const standIn = listed.length > 0 || !isManifest(index) ? [] : (parseManifest(index.bytes)?.manifests ?? []).map(referrerOf);
    const old = legacyTags.flatMap(([suffix, artifactType]): readonly Referrer[] => {
      const is = tagged.get(`${tag}${suffix}`);
      return isManifest(is) ? [{ digest: is.digest, mediaType: is.mediaType, artifactType, size: is.size, annotations: new Map() }] : [];
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

  return { repositories, images, tags, manifest: one, lookUp, tagsOf, referrers };
}
