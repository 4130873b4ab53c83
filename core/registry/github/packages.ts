import { type Digest, isDigest } from '../../image/digest.ts';
import { isRepository, isTag } from '../../image/reference.ts';
import { type Api, type ApiAnswer, under } from '../api.ts';
import { RegistryError } from '../errors.ts';
import type { ListedImage } from '../listing.ts';
import { asRecord } from '../manifest.ts';
import { nextLink } from '../paging.ts';
import { type NumberedPage, readAhead } from '../readAhead.ts';
import type { RequestOptions } from '../registry.ts';
import { type PackageName, packageOf } from './place.ts';

/** One version of a container package: an image with its tags. Children of an index are versions without tags. */
export interface Version {
  readonly id: number;
  readonly digest: Digest;
  readonly row: ListedImage;
}

export type OwnerKind = 'orgs' | 'users';

/** GitHub's packages API for containers. docs.github.com, "REST API endpoints for packages". */
export interface Packages {
  /** A page of a hundred, newest first as GitHub sends them. Throws NAME_UNKNOWN where the package is not there or not to be seen. */
  versions(repository: string, page: number, options: RequestOptions): Promise<NumberedPage<Version>>;
  /** One version as it is now. Throws NAME_UNKNOWN where it is not there. */
  version(repository: string, id: number, options: RequestOptions): Promise<Version | undefined>;
  /** Deletes one version with all of its tags. */
  remove(repository: string, id: number, options: RequestOptions): Promise<void>;
  /** The person's own repositories, those of the organisations they are in, and those of `owners`. */
  repositories(owners: readonly string[], options: RequestOptions): AsyncGenerator<string>;
  /** What kind of account this is, as far as a request told. */
  kindOf(owner: string): OwnerKind | undefined;
}

const pageSize = 100;

export function packagesOf(host: string, api: Api): Packages {
  const kinds = new Map<string, OwnerKind>();

  const address = (path: string, page?: number) => under(api.base, path, page === undefined ? {} : { per_page: pageSize, page });

  const get = (url: URL, subject: string, options: RequestOptions) =>
    api.request({ method: 'GET', url, options, missing: 'NAME_UNKNOWN', subject });

  /** The same question of an organisation and, where there is none of that name, of a person. */
  async function ofOwner<T>(owner: string, ask: (kind: OwnerKind) => Promise<T>): Promise<T> {
    const known = kinds.get(owner.toLowerCase());
    for (const kind of known ? [known] : (['orgs', 'users'] as const)) {
      try {
        const answer = await ask(kind);
        kinds.set(owner.toLowerCase(), kind);
        return answer;
      } catch (error) {
        if (known || kind === 'users' || !(error instanceof RegistryError) || error.code !== 'NAME_UNKNOWN') throw error;
      }
    }
    throw new RegistryError('NAME_UNKNOWN', host, { subject: owner });
  }

  function nameOf(repository: string): PackageName {
    const name = packageOf(repository);
    if (!name) throw new RegistryError('NAME_UNKNOWN', host, { subject: repository });
    return name;
  }

  const path = (kind: OwnerKind, { owner, name }: PackageName) =>
    `${kind}/${encodeURIComponent(owner)}/packages/container/${encodeURIComponent(name)}/versions`;

  async function versions(repository: string, page: number, options: RequestOptions): Promise<NumberedPage<Version>> {
    const name = nameOf(repository);
    const answer = await ofOwner(name.owner, kind => get(address(path(kind, name), page), repository, options));
    return { items: listOf(host, answer, repository).flatMap(item => versionOf(item) ?? []), ...paging(answer) };
  }

  async function version(repository: string, id: number, options: RequestOptions): Promise<Version | undefined> {
    const name = nameOf(repository);
    const { json } = await ofOwner(name.owner, kind => get(address(`${path(kind, name)}/${id}`), repository, options));
    return versionOf(json);
  }

  async function* packagesIn(prefix: string, options: RequestOptions): AsyncGenerator<string> {
    const read = async (page: number, signal: AbortSignal) => {
      const url = address(`${prefix}/packages`, page);
      url.searchParams.set('package_type', 'container');
      const answer = await get(url, 'the catalog', { signal });
      return { items: listOf(host, answer, 'the catalog').flatMap(item => repositoryOf(item) ?? []), ...paging(answer) };
    };
    for await (const { items } of readAhead(host, read, name => name, options.signal)) yield* items;
  }

  /** The organisations of the person; none where the token may not tell. */
  async function* memberships(options: RequestOptions): AsyncGenerator<string> {
    const read = async (page: number, signal: AbortSignal) => {
      const answer = await get(address('user/orgs', page), 'the catalog', { signal });
      return { items: listOf(host, answer, 'the catalog').flatMap(item => textOf(item, 'login') ?? []), ...paging(answer) };
    };
    try {
      for await (const { items } of readAhead(host, read, login => login, options.signal)) yield* items;
    } catch (error) {
      if (!(error instanceof RegistryError) || (error.code !== 'DENIED' && error.code !== 'NAME_UNKNOWN')) throw error;
    }
  }

  async function* repositories(owners: readonly string[], options: RequestOptions): AsyncGenerator<string> {
    const sent = new Set<string>();
    const fresh = (name: string) => sent.size !== sent.add(name).size;
    for await (const name of packagesIn('user', options)) if (fresh(name)) yield name;
    const accounts = new Map(owners.map(owner => [owner.toLowerCase(), owner]));
    for await (const login of memberships(options)) {
      kinds.set(login.toLowerCase(), 'orgs');
      accounts.set(login.toLowerCase(), login);
    }
    for (const owner of accounts.values()) {
      try {
        const list = (kind: OwnerKind) => collect(packagesIn(`${kind}/${encodeURIComponent(owner)}`, options));
        for (const name of await ofOwner(owner, list)) if (fresh(name)) yield name;
      } catch (error) {
        // One organisation that wants a token of its own (single sign-on) must not hide the others.
        if (!(error instanceof RegistryError) || (error.code !== 'DENIED' && error.code !== 'NAME_UNKNOWN')) throw error;
      }
    }
  }

  async function remove(repository: string, id: number, options: RequestOptions): Promise<void> {
    const name = nameOf(repository);
    await ofOwner(name.owner, kind =>
      api.request({ method: 'DELETE', url: address(`${path(kind, name)}/${id}`), options, missing: 'NAME_UNKNOWN', subject: repository }),
    );
  }

  return { versions, version, remove, repositories, kindOf: owner => kinds.get(owner.toLowerCase()) };
}

async function collect(names: AsyncIterable<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const name of names) found.push(name);
  return found;
}

/** How far the list goes: GitHub names the last page on every page but the last one. */
function paging({ answer }: ApiAnswer): { readonly pages?: number; readonly more?: boolean } {
  const link = answer.headers.get('link');
  const last = linkedPage(nextLink(link, 'last'));
  return { ...(last !== undefined && { pages: last }), more: nextLink(link) !== undefined };
}

function linkedPage(address: string | undefined): number | undefined {
  const page = address !== undefined && URL.canParse(address) ? new URL(address).searchParams.get('page') : null;
  return page !== null && /^\d{1,7}$/.test(page) ? Number(page) : undefined;
}

function listOf(host: string, { json, answer }: ApiAnswer, subject: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new RegistryError('NOT_A_REGISTRY', host, { status: answer.status, subject });
  return json;
}

function versionOf(item: unknown): Version | undefined {
  const fields = asRecord(item);
  const id = fields?.['id'];
  const digest = fields?.['name'];
  if (typeof id !== 'number' || typeof digest !== 'string' || !isDigest(digest)) return undefined;
  const tags: unknown = asRecord(asRecord(fields?.['metadata'])?.['container'])?.['tags'];
  const created = fields?.['created_at'];
  const time = typeof created === 'string' ? Date.parse(created) : Number.NaN;
  return {
    id,
    digest,
    row: {
      digest,
      tags: Array.isArray(tags) ? tags.filter(tag => typeof tag === 'string').filter(isTag) : [],
      ...(!Number.isNaN(time) && { pushedAt: new Date(time).toISOString() }),
    },
  };
}

/** `acme/shop`, in the lower case that image references have. */
function repositoryOf(item: unknown): string | undefined {
  const owner = textOf(asRecord(item)?.['owner'], 'login');
  const name = textOf(item, 'name');
  const repository = `${owner}/${name}`.toLowerCase();
  return owner !== undefined && name !== undefined && isRepository(repository) ? repository : undefined;
}

function textOf(item: unknown, field: string): string | undefined {
  const value = asRecord(item)?.[field];
  return typeof value === 'string' ? value : undefined;
}
