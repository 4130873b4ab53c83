import { isDigest } from '../../core/image/digest.ts';
import { formatReference, isHost, isRepository, isTag } from '../../core/image/reference.ts';
import type { Registries } from '../registries.ts';
import { pickRepository, pickTag, type Repository } from './pick.ts';

/** One image of a connected registry, as a row, a link or a person names it. */
export interface Image extends Repository {
  /** A tag or a digest. */
  readonly reference: string;
}

/**
 * The image that a menu, or whoever else calls, handed over: of a row its tag, or its digest where no tag names it. `undefined` for
 * anything else, and for registries that are not connected: they are never contacted.
 */
export function imageOf(registries: Registries, argument: unknown): Image | undefined {
  const at = repositoryOf(registries, argument);
  const { tag, digest, reference } = fields(argument);
  const named = [tag, digest, reference].find(value => typeof value === 'string' && (isTag(value) || isDigest(value)));
  return at && typeof named === 'string' ? { ...at, reference: named } : undefined;
}

/** The repository of a row; the row itself, or anything below it. */
export function repositoryOf(registries: Registries, argument: unknown): Repository | undefined {
  const { host, repository } = fields(argument);
  if (typeof host !== 'string' || typeof repository !== 'string' || !isHost(host) || !isRepository(repository)) return undefined;
  return registries.connections().some(connection => connection.host === host) ? { host, repository } : undefined;
}

/** What was handed over, or else what the person picks. */
export async function imageFor(registries: Registries, argument: unknown, title: string): Promise<Image | undefined> {
  const given = imageOf(registries, argument);
  if (given) return given;
  const at = repositoryOf(registries, argument) ?? (await pickRepository(registries, title));
  const reference = at && (await pickTag(registries, at, `${title}: ${at.repository}`, { placeHolder: 'Which tag?', all: true }));
  return at && reference !== undefined ? { host: at.host, repository: at.repository, reference } : undefined;
}

/** The rows of a multiple selection that are images, in the order of the tree; none where only one row is selected. */
export function selectedImages(registries: Registries, selection: unknown): readonly Image[] {
  const rows: readonly unknown[] = Array.isArray(selection) && selection.length > 1 ? selection : [];
  return rows.flatMap(row => imageOf(registries, row) ?? []);
}

/** All images that are selected, or the one that was handed over or is picked; none where the person gives up. */
export async function imagesFor(registries: Registries, argument: unknown, selection: unknown, title: string): Promise<readonly Image[]> {
  const selected = selectedImages(registries, selection);
  if (selected.length > 0) return selected;
  const image = await imageFor(registries, argument, title);
  return image ? [image] : [];
}

/** `host/repository:tag`, or `host/repository@digest`. */
export function nameOf({ host, repository, reference }: Image): string {
  return formatReference({ host, repository, ...(isDigest(reference) ? { digest: reference } : { tag: reference }) });
}

function fields(argument: unknown): Readonly<Record<string, unknown>> {
  return typeof argument === 'object' && argument !== null ? { ...argument } : {};
}
