import type { Digest } from '../../core/image/digest.ts';
import type { ImageDetails } from '../../core/registry/describe.ts';
import type { Registry, RequestOptions } from '../../core/registry/registry.ts';

/** The registries that may be asked, as `Registries` has them: none in Restricted Mode. */
export interface RegistrySource {
  connections(): readonly { readonly host: string; readonly repositories: readonly string[] }[];
  /** Whether the user named the host, though it may not be asked now. */
  isNamed(host: string): boolean;
  /** The client for a connected host. */
  at(host: string): Registry;
  /** What a digest holds, asked once. */
  image(host: string, repository: string, digest: Digest, options?: RequestOptions): Promise<ImageDetails | undefined>;
}
