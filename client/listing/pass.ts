import type { ListingPage } from '../../core/registry/listing.ts';
import type { Registry } from '../../core/registry/registry.ts';

/** One way through the pages; the place in them is lost when it is aborted. */
export interface Pass {
  readonly pages: AsyncIterator<ListingPage>;
  readonly controller: AbortController;
  busy: boolean;
  /** How many images it has brought. */
  images: number;
}

/** Begins at the first page, which is asked for when it is wanted. */
export function passOver(registry: Registry, repository: string): Pass {
  const controller = new AbortController();
  const pages = registry.images(repository, { signal: controller.signal })[Symbol.asyncIterator]();
  return { pages, controller, busy: false, images: 0 };
}
