import { type Digest, isDigest } from '../../../core/image/digest.ts';
import type { EcrRepository, EcrState } from './state.ts';

/** An error as ECR names it, answered with status 400 where nothing else is said. */
export class EcrFailure extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** One call: what the registry holds and the fields that were sent. */
export interface Call {
  readonly state: EcrState;
  readonly input: Readonly<Record<string, unknown>>;
  /** `http://127.0.0.1:40123`, as clients reach it. */
  readonly url: string;
}

export type Operation = (call: Call) => Readonly<Record<string, unknown>>;

export interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

/** The words with which ECR refuses a parameter. */
export function invalid(parameter: string, constraint: string): EcrFailure {
  return new EcrFailure('InvalidParameterException', `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`);
}

const repositoryName = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

/** The repository that the call is about; throws as ECR does where the name is bad or names nothing. */
export function repositoryOf({ state, input }: Call): EcrRepository {
  const name = input['repositoryName'];
  if (typeof name !== 'string' || name.length < 2 || name.length > 256 || !repositoryName.test(name))
    throw invalid('repositoryName', "must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'");
  const registry = registryOf(state, input);
  const found = registry === state.account ? state.repositories.get(name) : undefined;
  if (!found) throw noRepository(name, registry);
  return found;
}

export function noRepository(name: string, registry: string): EcrFailure {
  return new EcrFailure(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registry}'`,
  );
}

/** The account that is asked for; the caller's own where none is named. */
export function registryOf(state: EcrState, input: Call['input']): string {
  const id = input['registryId'];
  if (id === undefined) return state.account;
  if (typeof id !== 'string' || !/^[0-9]{12}$/.test(id))
    throw invalid('registryId', 'Member must satisfy regular expression pattern: [0-9]{12}');
  return id;
}

/** How many items a page has; limits as the API's model has them. */
export function pageSize(input: Call['input'], most = 1000, usual = 100): number {
  const wanted = input['maxResults'];
  if (wanted === undefined) return usual;
  if (typeof wanted !== 'number' || wanted < 1) throw invalid('maxResults', 'Member must have value greater than or equal to 1');
  if (wanted > most) throw invalid('maxResults', `Member must have value less than or equal to ${most}`);
  return wanted;
}

/** One page of `all`. A token is good for the same question only; `scope` is what makes the question. */
export function page<T>(all: readonly T[], input: Call['input'], size: number, scope: string): { items: readonly T[]; nextToken?: string } {
  const token = input['nextToken'];
  let from = 0;
  if (token !== undefined) {
    const [asked, at] = typeof token === 'string' ? Buffer.from(token, 'base64').toString().split('\0') : [];
    if (asked !== scope || !/^\d+$/.test(at ?? '')) throw invalid('nextToken', 'The token is not valid');
    from = Number(at);
  }
  const items = all.slice(from, from + size);
  const next = from + size;
  return next < all.length ? { items, nextToken: Buffer.from(`${scope}\0${next}`).toString('base64') } : { items };
}

/** Paging and a list of names cannot be asked for together. */
export function exclusive(input: Call['input'], list: string): void {
  if (input[list] !== undefined && (input['nextToken'] !== undefined || input['maxResults'] !== undefined))
    throw new EcrFailure('InvalidParameterException', `nextToken and maxResults cannot be used with ${list}`);
}

/** `imageIds`: 1 to 100; `undefined` where there are none and they are not required. */
export function imageIds(input: Call['input'], required: boolean): readonly ImageId[] | undefined {
  const ids = input['imageIds'];
  if (ids === undefined && !required) return undefined;
  if (!Array.isArray(ids) || ids.length < 1) throw invalid('imageIds', 'Member must have length greater than or equal to 1');
  if (ids.length > 100) throw invalid('imageIds', 'Member must have length less than or equal to 100');
  return ids as readonly ImageId[];
}

/** The image that an id names: its digest, or why there is none, as `failures` have it. */
export function find(state: EcrState, { name }: EcrRepository, id: ImageId): { digest: Digest } | { code: string; reason: string } {
  const { imageDigest, imageTag } = id;
  if (imageDigest === undefined && imageTag === undefined)
    return { code: 'MissingDigestAndTag', reason: 'Invalid request parameters: both tag and digest cannot be null' };
  if (imageDigest !== undefined && !isDigest(imageDigest))
    return {
      code: 'InvalidImageDigest',
      reason: "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
    };
  if (imageTag !== undefined && (imageTag.length < 1 || imageTag.length > 300))
    return { code: 'InvalidImageTag', reason: 'Invalid request parameters: image tag has a bad length' };
  const repository = state.store.repository(name);
  const tagged = imageTag === undefined ? undefined : repository?.tags.get(imageTag);
  const digest = imageDigest ?? tagged;
  if (digest === undefined || !repository?.manifests.has(digest)) return { code: 'ImageNotFound', reason: 'Requested image not found' };
  if (imageDigest !== undefined && imageTag !== undefined && tagged !== imageDigest)
    return { code: 'ImageTagDoesNotMatchDigest', reason: 'Requested image tag does not match the digest' };
  return { digest };
}
