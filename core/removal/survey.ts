import type { Digest } from '../image/digest.ts';
import { tagKind } from '../image/tagKind.ts';
import { RegistryError } from '../registry/errors.ts';
import { parseManifest } from '../registry/manifest.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import type { IndexCache, Survey } from './model.ts';

export interface SurveyOptions extends RequestOptions {
  /** What a survey of shortly before found: names for good are not asked about again, and indexes not read again. */
  readonly before?: Survey;
  /** Children of indexes that were read already; what is read is added. A digest's children never change. */
  readonly known?: IndexCache;
  /** Reads images without a tag too, to see whether they are indexes: where one without a tag is to be deleted. */
  readonly untagged?: boolean;
  readonly onProgress?: (done: number, total?: number) => void;
}

/** Tags that are looked up together. */
const batch = 100;
/** Names that are given once: what they name does not change while a person confirms. */
const lasting = new Set(['commit', 'trail', 'signature']);

/**
 * Looks at every tag of a repository and at every index in it. A registry that lists digests is read page by page; of others each tag
 * is asked for. Throws a RegistryError: half a survey is none.
 */
export async function survey(registry: Registry, repository: string, options: SurveyOptions = {}): Promise<Survey> {
  const { before, onProgress, signal } = options;
  const asked = signal ? { signal } : {};
  const tags = new Map<string, Digest>();
  const types = new Map<Digest, string | undefined>();
  const untagged = new Set<Digest>();
  const cold = new Set<Digest>();
  const subjects = new Map<Digest, Digest>();
  const names: string[] = [];
  for await (const { images, total } of registry.images(repository, asked)) {
    for (const { digest, tags: named, mediaType, archived, subject } of images) {
      if (digest === undefined) names.push(...named);
      else {
        for (const tag of named) tags.set(tag, digest);
        if (named.length === 0) untagged.add(digest);
        types.set(digest, mediaType ?? types.get(digest));
        if (archived) cold.add(digest);
        if (subject !== undefined) subjects.set(digest, subject);
      }
    }
    onProgress?.(tags.size + names.length, total);
  }
  const lookedUp = names.filter(tag => {
    const was = before?.tags.get(tag);
    if (was === undefined || !lasting.has(tagKind(tag))) return true;
    tags.set(tag, was);
    return false;
  });
  const unlisted: string[] = [];
  for (let at = 0; at < lookedUp.length; at += batch) {
    const found = await registry.lookUp(repository, lookedUp.slice(at, at + batch), asked);
    for (const [tag, { digest, mediaType }] of found) {
      if (digest === undefined) unlisted.push(tag);
      else {
        tags.set(tag, digest);
        types.set(digest, mediaType);
      }
    }
    onProgress?.(at, lookedUp.length);
  }
  // A listing without digests must not hide what a tag names.
  await Promise.all(
    unlisted.map(async tag => {
      const is = await registry.resolve(repository, tag, asked);
      if (!is) return;
      tags.set(tag, is.digest);
      types.set(is.digest, is.mediaType);
    }),
  );
  const wanted = [...new Set([...tags.values(), ...untagged])].filter(digest => mayBeIndex(digest, types, untagged, options));
  const named = new Map([...tags].map(([tag, digest]) => [digest, tag]));
  const indexes = await readIndexes(registry, repository, wanted, digest => (cold.has(digest) ? undefined : named.get(digest)), options);
  return { tags, indexes, subjects };
}

/** Every tag that names this digest, sorted. */
export function tagsOf({ tags }: Survey, digest: Digest): readonly string[] {
  return [...tags]
    .filter(([, named]) => named === digest)
    .map(([tag]) => tag)
    .sort();
}

/** The indexes that this digest is a part of, each with its tags; an index of indexes counts as well. */
export function parentsOf(found: Survey, digest: Digest): readonly { readonly digest: Digest; readonly tags: readonly string[] }[] {
  return [...found.indexes]
    .filter(([index, children]) => index !== digest && children.includes(digest))
    .map(([index]) => ({ digest: index, tags: tagsOf(found, index) }));
}

function mayBeIndex(
  digest: Digest,
  types: ReadonlyMap<Digest, string | undefined>,
  untagged: ReadonlySet<Digest>,
  options: SurveyOptions,
): boolean {
  const type = types.get(digest);
  // A type that says nothing certain (`application/json`) is looked at.
  if (type !== undefined && /\bmanifest\.v\d/.test(type)) return false;
  if (type !== undefined && /index|manifest\.list/.test(type)) return true;
  return !untagged.has(digest) || options.untagged === true;
}

async function readIndexes(
  registry: Registry,
  repository: string,
  digests: readonly Digest[],
  nameOf: (digest: Digest) => string | undefined,
  { before, known = new Map<Digest, readonly Digest[]>(), signal, onProgress }: SurveyOptions,
): Promise<ReadonlyMap<Digest, readonly Digest[]>> {
  let done = 0;
  const read = await Promise.all(
    digests.map(async (digest): Promise<readonly (readonly [Digest, readonly Digest[]])[]> => {
      const children = before?.indexes.get(digest) ?? known.get(digest);
      if (children) return [[digest, children]];
      const asked = signal ? { signal } : {};
      const manifest = await registry.manifest(repository, digest, asked);
      const found = (manifest && parseManifest(manifest.bytes)?.manifests)?.map(child => child.digest) ?? [];
      if (manifest) known.set(digest, found);
      else {
        // Gone meanwhile with its tag; or still named and not to be read, so that its parts are not known.
        const tag = nameOf(digest);
        if (tag !== undefined && (await registry.resolve(repository, tag, asked))?.digest === digest)
          throw new RegistryError('MANIFEST_UNKNOWN', registry.host, { subject: `${repository}@${digest}` });
      }
      done += 1;
      if (done % 25 === 0) onProgress?.(done, digests.length);
      return [[digest, found]];
    }),
  );
  return new Map(read.flat().filter(([, children]) => children.length > 0));
}
