import { isDigest } from '../../image/digest.ts';
import { isRepository, isTag } from '../../image/reference.ts';
import { printable } from '../../text/printable.ts';
import { type Api, under } from '../api.ts';
import { RegistryError } from '../errors.ts';
import type { ListedImage } from '../listing.ts';
import { asRecord, platformOf } from '../manifest.ts';
import { type NumberedPage, readAhead } from '../readAhead.ts';
import type { RequestOptions } from '../registry.ts';

/** One tag as Docker Hub lists it. */
export interface HubTag {
  readonly name: string;
  readonly row: ListedImage;
}

export interface HubPage extends NumberedPage<HubTag> {
  /** How many tags there are in all. */
  readonly total?: number;
}

/** Docker Hub's own API. docs.docker.com, "Docker Hub API reference". */
export interface HubTags {
  /** True for names that Docker Hub has: `nginx`, `acme/shop`. */
  has(repository: string): boolean;
  /** A page of a hundred tags, the last moved first. Throws NAME_UNKNOWN where the repository is not there or not to be seen. */
  page(repository: string, page: number, options: RequestOptions): Promise<HubPage>;
  tag(repository: string, tag: string, options: RequestOptions): Promise<HubTag | undefined>;
  /** Takes one tag away. Throws MANIFEST_UNKNOWN where it is not there, or not to be taken away. */
  remove(repository: string, tag: string, options: RequestOptions): Promise<void>;
  repositories(namespace: string, options: RequestOptions): AsyncGenerator<string>;
}

const pageSize = 100;

export function hubTags(host: string, api: Api): HubTags {
  const address = (path: string, page?: number) => under(api.base, path, page === undefined ? {} : { page_size: pageSize, page });

  const tagsOf = (repository: string) => {
    const [namespace, name] = partsOf(repository);
    return `v2/namespaces/${namespace}/repositories/${name}/tags`;
  };

  /** One page of a list, with the number of pages from the count of all. */
  async function list<T>(url: URL, subject: string, read: (item: unknown) => T | undefined, options: RequestOptions) {
    const { json, answer } = await api.request({ method: 'GET', url, options, missing: 'NAME_UNKNOWN', subject });
    const data = asRecord(json);
    const results = data?.['results'];
    const count = data?.['count'];
    if (!Array.isArray(results)) throw new RegistryError('NOT_A_REGISTRY', host, { status: answer.status, subject });
    const total = typeof count === 'number' && count >= 0 ? count : undefined;
    return {
      items: results.flatMap((item: unknown) => read(item) ?? []),
      more: typeof data?.['next'] === 'string',
      ...(total !== undefined && { total, pages: Math.ceil(total / pageSize) }),
    };
  }

  return {
    has: repository => repository.split('/').length <= 2,
    page: (repository, page, options) => list(address(tagsOf(repository), page), repository, tagOf, options),

    async tag(repository, tag, options) {
      const subject = `${repository}:${tag}`;
      const url = address(`${tagsOf(repository)}/${encodeURIComponent(tag)}`);
      try {
        return tagOf((await api.request({ method: 'GET', url, options, missing: 'MANIFEST_UNKNOWN', subject })).json);
      } catch (error) {
        if (error instanceof RegistryError && error.code === 'MANIFEST_UNKNOWN') return undefined;
        throw error;
      }
    },

    async remove(repository, tag, options) {
      const [namespace, name] = partsOf(repository);
      // In no reference, but it is what Docker's own hub-tool sends.
      const url = address(`v2/repositories/${namespace}/${name}/tags/${encodeURIComponent(tag)}/`);
      await api.request({ method: 'DELETE', url, options, missing: 'MANIFEST_UNKNOWN', subject: `${repository}:${tag}` });
    },

    async *repositories(namespace, options) {
      const path = `v2/namespaces/${encodeURIComponent(namespace)}/repositories`;
      const read = (page: number, signal: AbortSignal) => list(address(path, page), namespace, item => nameOf(namespace, item), { signal });
      for await (const { items } of readAhead(host, read, name => name, options.signal)) yield* items;
    },
  };
}

/** Official images are in the namespace `library`. */
function partsOf(repository: string): readonly [namespace: string, name: string] {
  const [first = '', second] = repository.split('/').map(encodeURIComponent);
  return second === undefined ? ['library', first] : [first, second];
}

function tagOf(item: unknown): HubTag | undefined {
  const fields = asRecord(item);
  const name = fields?.['name'];
  if (!fields || typeof name !== 'string' || !isTag(name)) return undefined;
  const listed: unknown = fields['images'];
  const images = Array.isArray(listed) ? listed.map(asRecord).filter(image => image !== undefined) : [];
  // Before 2022 only the images had digests, and an image that is alone is what the tag names.
  const digest = fields['digest'] ?? (images.length === 1 ? images[0]?.['digest'] : undefined);
  const sizes = images.map(image => image['size']).filter(size => typeof size === 'number');
  const size = sizes.length > 0 ? Math.max(...sizes) : fields['full_size'];
  const platforms = [...new Set(images.flatMap(image => platformOf(image) ?? []).map(printable))].sort();
  const { content_type: content, media_type: mediaType } = fields;
  return {
    name,
    row: {
      tags: [name],
      ...(typeof digest === 'string' && isDigest(digest) && { digest }),
      ...dated('pushedAt', fields['tag_last_pushed'] ?? fields['last_updated']),
      ...dated('pulledAt', fields['tag_last_pulled']),
      ...(typeof mediaType === 'string' && mediaType !== '' && { mediaType: printable(mediaType) }),
      ...(typeof content === 'string' && content !== '' && content !== 'image' && { artifactType: printable(content) }),
      ...(typeof size === 'number' && size > 0 && { size }),
      ...(platforms.length > 0 && { platforms }),
    },
  };
}

/** Docker Hub writes the year 1 where there is no date. */
function dated<K extends string>(name: K, value: unknown): { readonly [P in K]?: string } {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return time > 0 ? ({ [name]: new Date(time).toISOString() } as { [P in K]: string }) : {};
}

function nameOf(namespace: string, item: unknown): string | undefined {
  const name = asRecord(item)?.['name'];
  const repository = `${namespace}/${String(name)}`.toLowerCase();
  return typeof name === 'string' && isRepository(repository) ? repository : undefined;
}
