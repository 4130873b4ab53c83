import { isDigest } from '../../image/digest.ts';
import { isTag } from '../../image/reference.ts';
import { distribution } from '../distribution.ts';
import { ecrPlace } from '../ecr/hosts.ts';
import { ecrReading } from '../ecr/reading.ts';
import { failureOf } from '../ecr/rows.ts';
import { ecrSession } from '../ecr/session.ts';
import { ecrSettings } from '../ecr/settings.ts';
import { isWithoutCredentials } from '../ecr/trouble.ts';
import { RegistryError } from '../errors.ts';
import { canonicalHost } from '../hosts.ts';
import type { Abilities } from '../listing.ts';
import type { Registry, RequestOptions } from '../registry.ts';
import type { ConnectOptions, Provider } from './provider.ts';

/** Amazon ECR, private registries: one account in one region a host. */
export const ecr: Provider = {
  id: 'ecr',
  title: 'Amazon ECR',
  matches: host => ecrPlace(host) !== undefined,
  connect: connectEcr,
};

const abilities: Abilities = {
  repositories: true,
  digests: true,
  dates: true,
  order: 'none',
  untagged: true,
  batch: true,
  search: false,
  untag: true,
  lastTagDeletes: true,
  remove: true,
};

/** Lists, looks up and deletes through ECR's API with AWS credentials; manifests are written and blobs are read as everywhere. */
function connectEcr(host: string, options: ConnectOptions): Registry {
  const name = canonicalHost(host);
  const place = ecrPlace(name);
  const session = ecrSession(host, options);
  const reading = ecrReading(name, session);
  const plain = distribution(host, { ...options, keychain: session.keychain });

  /** The API's answer; where there are no AWS credentials, that of the distribution API, which takes what `docker login` left. */
  async function either<T>(work: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isWithoutCredentials(error) && (await options.keychain?.credentials(name))) return otherwise();
      throw error;
    }
  }

  async function* eitherAll<T>(work: AsyncIterable<T>, otherwise: () => AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = work[Symbol.asyncIterator]();
    // Only the first step can find that there are no credentials.
    const first = await either<AsyncIterator<T> | IteratorResult<T>>(
      () => iterator.next(),
      async () => otherwise()[Symbol.asyncIterator](),
    );
    if ('next' in first) {
      yield* { [Symbol.asyncIterator]: () => first };
      return;
    }
    for (let step = first; !step.done; step = await iterator.next()) yield step.value;
  }

  async function manifest(repository: string, reference: string, asking: RequestOptions = {}) {
    if (!isTag(reference) && !isDigest(reference)) throw new RegistryError('TAG_INVALID', name, { subject: reference });
    return either(
      async () => {
        const found = await reading.manifest(repository, reference, asking);
        if (found instanceof RegistryError) throw found;
        // A manifest that came translated is read where nothing is.
        return found === 'translated' ? plain.manifest(repository, reference, asking) : found;
      },
      () => plain.manifest(repository, reference, asking),
    );
  }

  async function remove(repository: string, id: { imageTag: string } | { imageDigest: string }, asking: RequestOptions): Promise<void> {
    const subject = 'imageTag' in id ? `${repository}:${id.imageTag}` : `${repository}@${id.imageDigest}`;
    const { failures = [] } = await session.call('BatchDeleteImage', subject, asking, api =>
      api.batchDeleteImage({ ...session.registry, repositoryName: repository, imageIds: [id] }, asking),
    );
    for (const failure of failures) {
      const trouble = failureOf(name, subject, failure);
      if (trouble) throw trouble;
    }
  }

  return {
    ...plain,
    abilities,
    repositories: (asking = {}) => eitherAll(reading.repositories(asking), () => plain.repositories(asking)),
    images: (repository, asking = {}) => eitherAll(reading.images(repository, asking), () => plain.images(repository, asking)),
    tags: (repository, asking = {}) => eitherAll(reading.tags(repository, asking), () => plain.tags(repository, asking)),
    lookUp: (repository, tags, asking = {}) =>
      either(
        () => reading.lookUp(repository, tags, asking),
        () => plain.lookUp(repository, tags, asking),
      ),
    tagsOf: (repository, digest, asking = {}) =>
      either(
        () => reading.tagsOf(repository, digest, asking),
        async () => undefined,
      ),
    manifest,
    async resolve(repository, reference, asking = {}) {
      const found = await manifest(repository, reference, asking);
      return found && { digest: found.digest, mediaType: found.mediaType, size: found.size };
    },
    async putManifest(repository, reference, wanted, asking = {}) {
      try {
        return await plain.putManifest(repository, reference, wanted, asking);
      } catch (error) {
        // An immutable tag is refused even where it names this image already.
        if (!(error instanceof RegistryError) || error.code !== 'TAG_INVALID' || error.status === undefined) throw error;
        if ((await manifest(repository, reference, asking))?.digest !== wanted.digest) throw error;
        return wanted.digest;
      }
    },
    async referrers(repository, digest, asking = {}) {
      try {
        return await reading.referrers(repository, digest, asking);
      } catch (error) {
        if (!(error instanceof RegistryError) || error.temporary() || error.code === 'NAME_UNKNOWN') throw error;
        // Refused for some subjects, and unknown in some regions: the distribution API has one too.
        return plain.referrers(repository, digest, asking).catch(() => Promise.reject(error));
      }
    },
    settings: (repository, asking = {}) =>
      either(
        () => ecrSettings(session, reading.images, repository, asking),
        async () => undefined,
      ),
    untag: (repository, tag, asking = {}) => remove(repository, { imageTag: tag }, asking),
    remove: (repository, digest, asking = {}) => remove(repository, { imageDigest: digest }, asking),
    webPage(repository, reference) {
      if (place?.console === undefined) return undefined;
      const page = `${place.console}/ecr/repositories/private/${place.account}/${repository}`;
      const image = reference !== undefined && isDigest(reference) ? `/_/image/${reference}/details` : '';
      return `${page}${image}?region=${place.region}`;
    },
  };
}
