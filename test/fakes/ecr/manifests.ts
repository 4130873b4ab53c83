import { maximumFilters } from '../../../core/ecrPolicy/exclusions.ts';
import { matchesPattern } from '../../../core/ecrPolicy/wildcard.ts';
import { type Digest, digestOf } from '../../../core/image/digest.ts';
import { type Call, EcrFailure, find, type ImageId, imageIds, invalid, type Operation, repositoryOf } from './call.ts';
import { type EcrRepository, type EcrState, factsOf, type Mutability } from './state.ts';

const indexTypes = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'];

/** Manifests as exact strings. An index that is asked for by tag without its media type comes as one of its platforms. */
export const batchGetImage: Operation = call => {
  const { state, input } = call;
  const repository = repositoryOf(call);
  const accepted = input['acceptedMediaTypes'] as readonly string[] | undefined;
  if (accepted && (accepted.length < 1 || accepted.length > 100))
    throw invalid('acceptedMediaTypes', 'Member must have length between 1 and 100');
  const images: object[] = [];
  const failures: object[] = [];
  for (const id of imageIds(input, true) ?? []) {
    const image = find(state, repository, id);
    if (!('digest' in image)) {
      failures.push({ imageId: id, failureCode: image.code, failureReason: image.reason });
      continue;
    }
    if ((repository.records.get(image.digest)?.status ?? 'ACTIVE') !== 'ACTIVE') {
      failures.push({ imageId: id, failureCode: 'ImageInaccessible', failureReason: 'The image is archived' });
      continue;
    }
    const stored = state.store.manifest(repository.name, image.digest);
    const translated = stored && indexTypes.includes(stored.mediaType) && !id.imageDigest && !accepted?.includes(stored.mediaType);
    const [child] = state.facts(repository.name, image.digest).children;
    const sent = translated && child ? state.store.manifest(repository.name, child) : stored;
    images.push({
      registryId: state.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest, ...(id.imageTag !== undefined && { imageTag: id.imageTag }) },
      imageManifest: Buffer.from(sent?.bytes ?? '').toString(),
      imageManifestMediaType: sent?.mediaType,
    });
  }
  return { images, failures };
};

export const putImage: Operation = call => {
  const { input, state } = call;
  const repository = repositoryOf(call);
  const { imageManifest, imageManifestMediaType, imageTag, imageDigest } = input as Readonly<Record<string, string | undefined>>;
  if (imageManifest === undefined || imageManifest.length < 1 || imageManifest.length > 4_194_304)
    throw invalid('imageManifest', 'Member must have length between 1 and 4194304');
  if (imageTag !== undefined && (imageTag.length < 1 || imageTag.length > 300))
    throw invalid('imageTag', 'Member must have length between 1 and 300');
  const digest = put(state, repository, Buffer.from(imageManifest), {
    ...(imageManifestMediaType !== undefined && { mediaType: imageManifestMediaType }),
    ...(imageTag !== undefined && { tag: imageTag }),
    ...(imageDigest !== undefined && { digest: imageDigest }),
  });
  return {
    image: {
      registryId: state.account,
      repositoryName: repository.name,
      imageId: { imageDigest: digest, ...(imageTag !== undefined && { imageTag }) },
      imageManifest,
    },
  };
};

/** Writes a manifest once everything about it is right; throws as PutImage does. */
export function put(
  state: EcrState,
  repository: EcrRepository,
  bytes: Uint8Array,
  as: { readonly mediaType?: string; readonly tag?: string; readonly digest?: string },
): Digest {
  const { name } = repository;
  const facts = factsOf(bytes);
  const mediaType = as.mediaType ?? facts?.mediaType;
  if (!facts || mediaType === undefined) throw invalid('ImageManifest', 'Invalid JSON syntax');
  const digest = digestOf(bytes);
  if (as.digest !== undefined && as.digest !== digest)
    throw new EcrFailure('ImageDigestDoesNotMatchException', `Image digest '${as.digest}' does not match the manifest's '${digest}'`);
  const held = state.store.repository(name);
  const missing = facts.children.filter(child => !held?.manifests.has(child));
  if (missing.length > 0)
    throw new EcrFailure(
      'ReferencedImagesNotFoundException',
      `Images with digests '${missing}' required for pushing image into repository with name '${name}' do not exist`,
    );
  const layers = facts.blobs.filter(blob => !held?.blobs.has(blob));
  if (layers.length > 0)
    throw new EcrFailure(
      'LayersNotFoundException',
      `Layers with digests '${layers}' required for pushing image into repository with name '${name}' do not exist`,
    );
  const record = repository.records.get(digest);
  const archived = record?.status === 'ARCHIVED';
  // Pushing an archived image again brings it back.
  if (!archived) refuseExisting(state, repository, digest, as.tag);
  state.store.putManifest(name, mediaType, bytes, as.tag === undefined ? [] : [as.tag]);
  // A new tag on an image that is there is no push: it keeps its date.
  if (!record) repository.records.set(digest, { pushedAt: state.tick(), status: 'ACTIVE' });
  else if (archived) Object.assign(record, { status: 'ACTIVE', activatedAt: state.tick() });
  return digest;
}

function refuseExisting(state: EcrState, repository: EcrRepository, digest: Digest, tag: string | undefined): void {
  const { name } = repository;
  const held = state.store.repository(name);
  const before = tag === undefined ? undefined : held?.tags.get(tag);
  if (tag === undefined ? held?.manifests.has(digest) : before === digest) {
    const words = `Image with digest '${digest}' and tag '${tag ?? 'null'}' already exists in the repository`;
    throw new EcrFailure('ImageAlreadyExistsException', `${words} with name '${name}' in registry with id '${state.account}'`);
  }
  if (tag !== undefined && before !== undefined && isImmutable(repository, tag))
    throw new EcrFailure(
      'ImageTagAlreadyExistsException',
      `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
    );
}

/** Whether a tag stays once it is there: exclusions turn the repository's rule round for the tags that match one. */
export function isImmutable({ mutability, exclusions }: EcrRepository, tag: string): boolean {
  const excluded = exclusions.some(filter => matchesPattern(filter, tag));
  return mutability.startsWith('IMMUTABLE') ? !excluded : excluded;
}

/** Removes tags, and images with their last tag; by digest images with all their tags. Parts of an index stay. */
export const batchDeleteImage: Operation = call => {
  const { state, input } = call;
  const repository = repositoryOf(call);
  const removed: ImageId[] = [];
  const failures: object[] = [];
  for (const id of imageIds(input, true) ?? []) {
    const image = find(state, repository, id);
    if (!('digest' in image)) {
      failures.push({ imageId: id, failureCode: image.code, failureReason: image.reason });
      continue;
    }
    const { digest } = image;
    const tags = state.tagsByDigest(repository.name).get(digest) ?? [];
    const all = id.imageTag === undefined || tags.length <= 1;
    const index = all ? state.indexOf(repository.name, digest) : undefined;
    if (index !== undefined) {
      const failureReason = `Requested image referenced by manifest list: [${index}]`;
      failures.push({ imageId: id, failureCode: 'ImageReferencedByManifestList', failureReason });
      continue;
    }
    if (all) repository.records.delete(digest);
    state.store.remove(repository.name, all ? digest : (id.imageTag ?? ''));
    const gone = id.imageTag === undefined ? tags : [id.imageTag];
    removed.push(...(gone.length === 0 ? [{ imageDigest: digest }] : gone.map(imageTag => ({ imageDigest: digest, imageTag }))));
  }
  return { imageIds: removed, failures };
};

const mutabilities = new Set(['MUTABLE', 'IMMUTABLE', 'IMMUTABLE_WITH_EXCLUSION', 'MUTABLE_WITH_EXCLUSION']);

export const putImageTagMutability: Operation = call => {
  const repository = repositoryOf(call);
  const mutability = call.input['imageTagMutability'];
  if (typeof mutability !== 'string' || !mutabilities.has(mutability))
    throw invalid('imageTagMutability', 'Member must satisfy enum value set');
  const exclusions = filters(call, mutability);
  repository.mutability = mutability as Mutability;
  repository.exclusions = exclusions;
  return {
    registryId: call.state.account,
    repositoryName: repository.name,
    imageTagMutability: mutability,
    ...(exclusions.length > 0 && { imageTagMutabilityExclusionFilters: exclusions.map(filter => ({ filterType: 'WILDCARD', filter })) }),
  };
};

function filters({ input }: Call, mutability: string): readonly string[] {
  const name = 'imageTagMutabilityExclusionFilters';
  const list = input[name] as readonly { filterType?: string; filter?: string }[] | undefined;
  const wanted = mutability.endsWith('_WITH_EXCLUSION');
  if (wanted !== (list !== undefined))
    throw invalid(name, wanted ? 'Member must not be null' : `Member must be null where mutability is ${mutability}`);
  if (!list) return [];
  if (list.length < 1 || list.length > maximumFilters) throw invalid(name, 'Member must have length between 1 and 5');
  return list.map(({ filterType, filter = '' }) => {
    if (filterType !== 'WILDCARD') throw invalid(`${name}.filterType`, 'Member must satisfy enum value set: [WILDCARD]');
    if (!/^[0-9a-zA-Z._*-]{1,128}$/.test(filter))
      throw invalid(`${name}.filter`, 'Member must satisfy regular expression pattern: ^[0-9a-zA-Z._*-]{1,128}$');
    if (filter.split('*').length > 3) throw invalid(`${name}.filter`, 'Filter may hold at most 2 wildcards');
    return filter;
  });
}
