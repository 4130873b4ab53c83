import { isDigest } from '../image/digest.ts';
import { isTag } from '../image/reference.ts';
import { RegistryError } from '../registry/errors.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import { checksOf } from './checks.ts';
import type { IndexCache, Protection, Removal, RemovalCheck, RemovalPlan, Survey } from './model.ts';
import { survey, tagsOf } from './survey.ts';

export interface RemovalRequest {
  readonly repository: string;
  readonly kind: Removal['kind'];
  /** A tag, or with `delete` a digest. */
  readonly reference: string;
}

export interface RemovalOptions extends RequestOptions {
  /** Asked which of a repository's tags are protected; nothing is where it is absent. */
  readonly protection?: (name: string, tags: readonly string[]) => Promise<Protection>;
  readonly known?: IndexCache;
  readonly onProgress?: (done: number, total?: number) => void;
  readonly now?: Date;
}

/**
 * Plans to take one tag away, or to delete one image with all of its tags: reads only. Throws a RegistryError: UNSUPPORTED where the
 * registry does not offer it, MANIFEST_UNKNOWN where the reference names nothing.
 */
export async function planRemoval(
  registry: Registry,
  { repository, kind, reference }: RemovalRequest,
  options: RemovalOptions = {},
): Promise<RemovalPlan> {
  const { abilities, host } = registry;
  const subject = `${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
  if (kind === 'untag' && !isTag(reference)) throw new RegistryError('TAG_INVALID', host, { subject: reference });
  if (!(kind === 'untag' ? abilities.untag : abilities.remove)) throw new RegistryError('UNSUPPORTED', host, { subject });
  const asked = options.signal ? { signal: options.signal } : {};
  const digest = (await registry.resolve(repository, reference, asked))?.digest;
  if (digest === undefined) throw new RegistryError('MANIFEST_UNKNOWN', host, { subject });
  // A tag whose image stays takes nothing else along, so nothing else has to be looked at.
  const alone = kind === 'untag' && !abilities.lastTagDeletes;
  const found = alone ? undefined : await survey(registry, repository, { ...options, untagged: isDigest(reference) });
  const tags = found ? tagsOf(found, digest) : [reference];
  const protection = await options.protection?.(`${host}/${repository}`, tags);
  const removal = removalOf(registry, { kind, digest, ...(kind === 'untag' && { tag: reference }) }, found, protection);
  return planOf(registry, repository, [removal], found, options.now);
}

/** One removal with its checks, as a survey shows it. */
export function removalOf(
  { abilities }: Pick<Registry, 'abilities'>,
  { kind, digest, tag }: Pick<Removal, 'kind' | 'digest' | 'tag'>,
  found: Survey | undefined,
  protection: Protection = new Map(),
): Removal {
  const all = found ? tagsOf(found, digest) : [];
  const tags = kind === 'delete' || tag === undefined ? all : [tag];
  const isLast = found !== undefined && all.every(other => other === tag);
  const deletes = kind === 'delete' || (abilities.lastTagDeletes && isLast);
  const removal = { kind, digest, ...(tag !== undefined && { tag }), tags, deletes };
  return { ...removal, checks: checksOf(removal, protection, found) };
}

export function planOf(
  { host }: Pick<Registry, 'host'>,
  repository: string,
  removals: readonly Removal[],
  found: Survey | undefined,
  now = new Date(),
): RemovalPlan {
  return { version: 1, host, repository, removals, ...(found && { survey: found }), createdAt: now.toISOString() };
}

/** The checks that forbid a removal. */
export function refusalsOf({ checks }: Removal): readonly RemovalCheck[] {
  return checks.filter(({ result }) => result === 'refused');
}
