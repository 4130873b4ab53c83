import { type BuiltImage, buildImage, push } from '../../../demo/images/images.ts';
import type { Store } from '../../../demo/registry/store.ts';

/** A small image of two platforms that differs from every other by its number; its date goes up with it. */
export function image(number: number): BuiltImage {
  return buildImage({
    title: 'shop',
    revision: number.toString(16).padStart(40, '0'),
    created: new Date(Date.UTC(2026, 0, 1) + number * 3_600_000).toISOString(),
    version: `1.0.${number}`,
    source: 'https://github.com/acme/shop',
    layers: [new Map([['app', `build ${number}`]])],
    command: ['app'],
  });
}

/** Fills a repository with this many tags of one image each but for a few: `v1.0.N`, and `prod`, `staging` on two of them. */
export function fill(store: Store, repository: string, count: number, different = count): void {
  const images = Array.from({ length: Math.min(count, different) }, (_, index) => image(index));
  for (let number = 0; number < count; number++) push(store, repository, images[number % images.length] as BuiltImage, [`v1.0.${number}`]);
  push(store, repository, images[0] as BuiltImage, ['prod']);
  push(store, repository, images.at(-1) as BuiltImage, ['staging']);
}
