import { setTimeout as delay } from 'node:timers/promises';
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import { isDigest } from '../../image/digest.ts';
import { Shared } from '../abort.ts';
import type { RegistryError } from '../errors.ts';
import type { Manifest, RequestOptions } from '../registry.ts';
import { acceptedMediaTypes, failureOf, manifestOf } from './rows.ts';
import type { EcrSession } from './session.ts';

/** The most images that one call may name. */
export const largestBatch = 100;
/** Milliseconds in which those who ask for one manifest of a repository are asked for together. */
const together = 2;

/** What became of one reference; `translated` where the bytes are not what the digest says. What is not there has none. */
export type Outcome = Manifest | RegistryError | 'translated';

/** Manifests by BatchGetImage, as exact bytes. */
export interface EcrManifests {
  /** A hundred tags or digests in one call; trouble with one of them is its outcome, trouble with all throws. */
  many(repository: string, references: readonly string[], options: RequestOptions): Promise<ReadonlyMap<string, Outcome>>;
  /** One, in one call with others that are wanted just then. */
  one(repository: string, reference: string, options: RequestOptions): Promise<Outcome | undefined>;
}

export function isManifest(outcome: Outcome | undefined): outcome is Manifest {
  return typeof outcome === 'object' && 'bytes' in outcome;
}

export function ecrManifests(host: string, { registry, call }: EcrSession): EcrManifests {
  const waiting = new Map<string, { readonly references: Set<string>; readonly answer: Shared<ReadonlyMap<string, Outcome>> }>();

  async function many(repository: string, references: readonly string[], options: RequestOptions): Promise<ReadonlyMap<string, Outcome>> {
    const found = new Map<string, Outcome>();
    for (let from = 0; from < references.length; from += largestBatch) {
      const imageIds = references.slice(from, from + largestBatch).map(idOf);
      const asked = { ...registry, repositoryName: repository, imageIds, acceptedMediaTypes: [...acceptedMediaTypes] };
      const { images = [], failures = [] } = await call('BatchGetImage', repository, options, api => api.batchGetImage(asked, options));
      // A tag is answered with its digest too; who asked for the digest is answered by it.
      for (const image of images)
        for (const name of [image.imageId?.imageTag, image.imageId?.imageDigest])
          if (name !== undefined && (found.get(name) ?? 'translated') === 'translated') found.set(name, manifestOf(image) ?? 'translated');
      for (const failure of failures) {
        const { imageTag, imageDigest = '' } = failure.imageId ?? {};
        const trouble = failureOf(host, imageTag === undefined ? `${repository}@${imageDigest}` : `${repository}:${imageTag}`, failure);
        if (trouble) found.set(imageTag ?? imageDigest, trouble);
      }
    }
    return found;
  }

  async function one(repository: string, reference: string, { signal }: RequestOptions): Promise<Outcome | undefined> {
    const open = waiting.get(repository);
    const batch = open && !open.answer.stopped && open.references.size < largestBatch ? open : begin(repository);
    batch.references.add(reference);
    return (await batch.answer.wait(signal)).get(reference);
  }

  function begin(repository: string) {
    const references = new Set<string>();
    const answer = new Shared(async work => {
      await delay(together, undefined, { signal: work });
      if (waiting.get(repository) === batch) waiting.delete(repository);
      return many(repository, [...references], { signal: work });
    });
    const batch = { references, answer };
    waiting.set(repository, batch);
    return batch;
  }

  return { many, one };
}

export function idOf(reference: string): ImageIdentifier {
  return isDigest(reference) ? { imageDigest: reference } : { imageTag: reference };
}
