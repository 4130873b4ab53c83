import { pathMatcher } from '../text/glob.ts';

/**
 * Whether a `.dockerignore` leaves a file of the context out (docs.docker.com/build/concepts/context, "Syntax"): the last pattern that
 * matches the file or a folder above it decides, and every pattern begins at the context's root.
 */
export function isDockerIgnored(text: string, file: string): boolean {
  const above = file.split('/').map((_part, index, parts) => parts.slice(0, index + 1).join('/'));
  let ignored = false;
  for (const line of text.split(/\r?\n/)) {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) continue;
    const takesBack = written.startsWith('!');
    const pattern = (takesBack ? written.slice(1) : written).replace(/^\.?\//, '').replace(/\/$/, '');
    const matches = pathMatcher(pattern === '.' ? '**' : pattern);
    if (above.some(path => matches(path))) ignored = !takesBack;
  }
  return ignored;
}
