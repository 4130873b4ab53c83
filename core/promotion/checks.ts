import type { CommitRange } from '../git/history.ts';
import { tagKind } from '../image/tagKind.ts';
import type { ImageDetails } from '../registry/describe.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import type { Check, Plan } from './model.ts';

/** A tag that belongs to machinery, or that names one build for good, is not for moving. */
export function checkTarget(tag: string, current: ImageDetails | undefined): Check {
  const kind = tagKind(tag);
  const check = (result: Check['result'], message: string): Check => ({ id: 'target', result, message });
  if (kind === 'trail') return check('refused', `\`${tag}\` is a trail tag: it says what was where, so it is never moved.`);
  if (kind === 'signature') return check('refused', `\`${tag}\` holds signatures of an image; it is never moved by hand.`);
  if (kind === 'cache') return check('warning', `\`${tag}\` looks like a build cache; the next build overwrites it.`);
  if (current && (kind === 'release' || kind === 'commit' || kind === 'pullRequest')) {
    const meaning = { release: 'a release', commit: 'one commit', pullRequest: 'a pull request' }[kind];
    return check('warning', `\`${tag}\` looks like the name of ${meaning}; whoever relies on it gets another image.`);
  }
  return check('passed', `\`${tag}\` may move.`);
}

/** What is promoted must be something that runs. */
export function checkKind(next: ImageDetails): Check {
  if (next.content === 'cache')
    return { id: 'kind', result: 'refused', message: 'The source is a build cache, not an image: nothing can run it.' };
  if (next.content === 'artifact')
    return { id: 'kind', result: 'warning', message: 'The source is not a container image (a signature, a chart or the like).' };
  return {
    id: 'kind',
    result: 'passed',
    message: next.content === 'index' ? 'The source is an index of images.' : 'The source is an image.',
  };
}

/** Every child that the index names must still be there: cleaners of untagged images take them away. */
export async function checkChildren(
  registry: Registry,
  repository: string,
  next: ImageDetails,
  options: RequestOptions,
): Promise<readonly Check[]> {
  if (next.content !== 'index') return [];
  const found = await Promise.all(
    next.children.map(async child => ({ child, there: await registry.resolve(repository, child.digest, options) })),
  );
  const missing = found.filter(({ there }) => there === undefined).map(({ child }) => child.platform ?? child.digest);
  if (missing.length === 0) return [{ id: 'children', result: 'passed', message: `All ${found.length} manifests of the index are there.` }];
  return [{ id: 'children', result: 'refused', message: `The registry no longer has what the index names for ${missing.join(', ')}.` }];
}

/** Platforms that the tag has now and would lose. */
export function checkPlatforms(current: ImageDetails | undefined, next: ImageDetails): readonly Check[] {
  if (!current || current.platforms.length === 0 || next.platforms.length === 0) return [];
  const lost = current.platforms.filter(platform => !next.platforms.includes(platform));
  const gained = next.platforms.filter(platform => !current.platforms.includes(platform));
  if (lost.length > 0) return [{ id: 'platforms', result: 'warning', message: `The tag loses ${lost.join(', ')}: pulls there will fail.` }];
  const message = gained.length > 0 ? `The tag gains ${gained.join(', ')}.` : `The platforms stay: ${next.platforms.join(', ')}.`;
  return [{ id: 'platforms', result: 'passed', message }];
}

/** A promotion goes forward and a rollback back; the clone says which way this one goes. */
export function checkDirection(kind: Plan['kind'], { direction, total }: CommitRange): readonly Check[] {
  const check = (result: Check['result'], message: string): readonly Check[] => [{ id: 'direction', result, message }];
  const commits = `${total} ${total === 1 ? 'commit' : 'commits'}`;
  switch (direction) {
    case 'unknown':
      return [];
    case 'same':
      return check('passed', 'Both images are built from the same commit.');
    case 'diverged':
      return check('warning', `The images come from branches that parted; ${commits} are new, and what only the current one has is lost.`);
    case 'forward':
      return kind === 'promote'
        ? check('passed', `It goes ${commits} forward.`)
        : check('warning', `It goes ${commits} forward, although it is a rollback.`);
    case 'backward':
      return kind === 'rollback'
        ? check('passed', `It goes ${commits} back.`)
        : check('refused', `It goes ${commits} back. To go back on purpose, roll back.`);
  }
}
