import type { PackageNeed } from '../githubSession.ts';
import type { Parts } from './command.ts';

/**
 * To be called right before something is written or deleted: where the editor's GitHub session is what would be sent and it only reads, the
 * person is asked to allow more. Throws a CancellationError where they do not.
 */
export async function allow(
  { keychain, registries }: Pick<Parts, 'keychain' | 'registries'>,
  host: string,
  need: PackageNeed,
): Promise<void> {
  if (await keychain.allow(host, need)) registries.forget(host);
}
