import type { Digest } from '../../../core/image/digest.ts';
import { type BuiltImage, buildImage, type ImageSpec, push } from '../../../demo/images/images.ts';

export { push };

/** A multi-platform index with attestations, as buildx pushes it; `name` makes its bytes and its commit its own. */
export function image(name: string, changes: Partial<Pick<ImageSpec, 'architectures' | 'revision' | 'materials'>> = {}): BuiltImage {
  return buildImage({
    title: name,
    revision: changes.revision ?? commit(name),
    created: '2026-11-14T09:30:00Z',
    version: 'v1.0.0',
    source: 'https://example.com/team/app',
    layers: [new Map([['name', name]])],
    command: ['run'],
    ...(changes.architectures && { architectures: changes.architectures }),
    ...(changes.materials && { materials: changes.materials }),
  });
}

/** A commit's name, made from a word: readable in failures and always the same. */
export function commit(word: string): string {
  return Buffer.from(word).toString('hex').padEnd(40, '0').slice(0, 40);
}

export function digests(...images: readonly BuiltImage[]): readonly Digest[] {
  return images.map(({ digest }) => digest);
}
