import { pathMatcher } from '../text/glob.ts';

/** What one ignore file says of a path of the tree (folders end with `/`): left out, taken back in, or nothing. */
export type Ignores = (path: string) => boolean | undefined;

interface Pattern {
  readonly ignored: boolean;
  readonly foldersOnly: boolean;
  readonly matches: (path: string) => boolean;
}

/**
 * Reads a `.gitignore` (git-scm.com/docs/gitignore); `relative` turns a path of the tree into one from the ignore file's folder. What
 * lies below an ignored folder is not asked about: the search does not enter it.
 */
export function ignoreFile(text: string, relative: (path: string) => string): Ignores {
  const patterns = text.split(/\r?\n/).flatMap(line => pattern(line) ?? []);
  return path => {
    const name = relative(path).replace(/\/$/, '');
    const folder = path === '' || path.endsWith('/');
    return patterns.findLast(({ foldersOnly, matches }) => (folder || !foldersOnly) && matches(name))?.ignored;
  };
}

/** A deeper file has the last word, as in git. */
export function isIgnored(path: string, files: readonly Ignores[]): boolean {
  return files.reduceRight<boolean | undefined>((verdict, ignores) => verdict ?? ignores(path), undefined) ?? false;
}

function pattern(line: string): Pattern | undefined {
  // Spaces at the end count only behind a backslash.
  const written = line.replace(/(?<![\\ ]) +$|(?<=\\ ) +$/, '');
  if (written === '' || written.startsWith('#')) return undefined;
  const ignored = !written.startsWith('!');
  const body = ignored ? written : written.slice(1);
  const name = body.replace(/\/$/, '');
  if (name === '') return undefined;
  const anchored = name.includes('/') ? name.replace(/^\//, '') : `**/${name}`;
  // `a/**` is what lies in `a`, not `a` itself.
  return { ignored, foldersOnly: body.endsWith('/'), matches: pathMatcher(anchored.replace(/\/\*\*$/, '/*/**')) };
}
