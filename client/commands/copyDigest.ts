import type { Digest } from '../../core/image/digest.ts';
import { formatReference } from '../../core/image/reference.ts';
import type { Registries } from '../registries.ts';
import type { Command } from './command.ts';
import { copy } from './copyReference.ts';
import { type Image, imageFor, imageOf } from './images.ts';
import { rowOf } from './rows.ts';

/** The digest that the tag names now, asked for where the row does not know it yet. */
export const copyDigest: Command = {
  name: 'copyDigest',
  async run({ registries }, argument) {
    const state = rowOf(argument, 'tag')?.state;
    const image = imageOf(registries, argument);
    if (state?.status === 'known') await copy(state.digest);
    else if (image) await copy(await digestOf(registries, image));
  },
};

/** `host/repository@digest`: what the tag names now, wherever it moves later. */
export const copyByDigest: Command = {
  name: 'copyByDigest',
  async run({ registries }, argument) {
    const image = await imageFor(registries, argument, 'Copy Reference by Digest');
    if (!image) return;
    const { host, repository } = image;
    await copy(formatReference({ host, repository, digest: await digestOf(registries, image) }));
  },
};

async function digestOf(registries: Registries, { host, repository, reference }: Image): Promise<Digest> {
  const digest = (await registries.at(host).resolve(repository, reference))?.digest;
  if (digest === undefined) throw new Error(`${reference} is no longer there.`);
  return digest;
}
