import { type Digest, isDigest } from '../../core/image/digest.ts';
import { formatReference } from '../../core/image/reference.ts';
import type { Registries } from '../registries.ts';
import type { Command } from './command.ts';
import { copy } from './copyReference.ts';
import { type Image, imagesFor } from './images.ts';
import { rowOf } from './rows.ts';

/** The digest that the tag names now, asked for where the row does not know it yet. */
export const copyDigest: Command = {
  name: 'copyDigest',
  async run({ registries }, argument, selection) {
    const state = Array.isArray(selection) && selection.length > 1 ? undefined : rowOf(argument, 'tag')?.state;
    if (state?.status === 'known') return copy([state.digest]);
    const images = await imagesFor(registries, argument, selection, 'Copy Digest');
    await copy(await Promise.all(images.map(image => digestOf(registries, image))));
  },
};

/** `host/repository@digest`: what the tag names now, wherever it moves later. */
export const copyByDigest: Command = {
  name: 'copyByDigest',
  async run({ registries }, argument, selection) {
    const images = await imagesFor(registries, argument, selection, 'Copy Reference by Digest');
    const named = images.map(async image => {
      const { host, repository } = image;
      return formatReference({ host, repository, digest: await digestOf(registries, image) });
    });
    await copy(await Promise.all(named));
  },
};

async function digestOf(registries: Registries, { host, repository, reference }: Image): Promise<Digest> {
  if (isDigest(reference)) return reference;
  const digest = (await registries.at(host).resolve(repository, reference))?.digest;
  if (digest === undefined) throw new Error(`${reference} is no longer there.`);
  return digest;
}
