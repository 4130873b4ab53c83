import { type Digest, isDigest } from '../image/digest.ts';
import { isTag } from '../image/reference.ts';
import { tagKind } from '../image/tagKind.ts';
import { RegistryError } from '../registry/errors.ts';
import { parseManifest } from '../registry/manifest.ts';
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
  const surveyed = alone ? undefined : await survey(registry, repository, { ...options, untagged: isDigest(reference) });
  const found = surveyed && kind === 'delete' ? await withSubject(registry, repository, surveyed, digest, asked) : surveyed;
  const protection = await options.protection?.(`${host}/${repository}`, found ? [...found.tags.keys()] : [reference]);
  const removal = removalOf(registry, { kind, digest, ...(kind === 'untag' && { tag: reference }) }, found, protection);
  return planOf(registry, repository, [removal], found, protection, options.now);
}

/** What a signature or an attestation belongs to is written in it; images, which environments name, are attached to nothing. */
async function withSubject(
  registry: Registry,
  repository: string,
  found: Survey,
  digest: Digest,
  options: RequestOptions,
): Promise<Survey> {
  if (found.subjects?.has(digest) || found.indexes.has(digest)) return found;
  const manifest = await registry.manifest(repository, digest, options);
  const subject = manifest && parseManifest(manifest.bytes)?.subject;
  return subject === undefined ? found : { ...found, subjects: new Map([...(found.subjects ?? []), [digest, subject]]) };
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
  protection: Protection = new Map(),
  now = new Date(),
): RemovalPlan {
  const watched = [...(found?.tags.keys() ?? [])].filter(tag => isWatched(tag, protection)).sort();
  return { version: 1, host, repository, removals, ...(found && { survey: found }), watched, createdAt: now.toISOString() };
}

/** Releases and the like are given once, so that it is no use to look at each of them again. */
function isWatched(tag: string, protection: Protection): boolean {
  const kind = tagKind(tag);
  return kind === 'environment' || kind === 'latest' || (protection.get(tag) === true && (kind === 'moving' || kind === 'other'));
}

/** The checks that forbid a removal. */
export function refusalsOf({ checks }: Removal): readonly RemovalCheck[] {
  return checks.filter(({ result }) => result === 'refused');
}
