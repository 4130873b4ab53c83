import type { CacheExport } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type Severity } from './rule.ts';
import { addAttributes, buildOf, isBuildKit, mayHoldMore, meantAs } from './shared/cacheEntry.ts';
import { placeOf } from './shared/origin.ts';

/** BuildKit fails the whole build when it cannot write the cache, unless it is told to ignore that. */
export const cacheExportFatal: Rule = {
  id: 'cache-export-fatal',
  title: 'A cache that cannot be written fails the build',
  severity: 'warning',
  fixable: true,
  visit: {
    cacheExport(cache, context) {
      // What is set by a misspelt key or with another value is `cache-option-unknown`'s to say.
      if (
        !isBuildKit(cache, context.usage) ||
        !stores.has(cache.type) ||
        meantAs(cache, 'ignore-error') ||
        mayHoldMore(cache) ||
        goesOn(cache)
      )
        return;
      const { at, related } = placeOf(cache.entry, context.path);
      if (isSaidAlready(context, at)) return;
      const pushes = buildOf(cache, context.usage)?.pushes !== false;
      const edit = addAttributes(cache, ['ignore-error=true'], context.path);
      context.report({
        at,
        severity: severityOf(cache, pushes),
        message: message(cache, pushes),
        related,
        ...(edit && { fix: { title: 'Add `ignore-error=true`', safe: true, edits: [edit] } }),
      });
    },
  },
};

/** Backends behind a network, and what they are to a reader. */
const stores: ReadonlyMap<string, string> = new Map([
  ['registry', 'the registry'],
  ['s3', 'the bucket'],
  ['azblob', 'the blob storage'],
  ['gha', 'GitHub’s cache service'],
]);

function goesOn({ failure, job }: CacheExport): boolean {
  return failure === 'ignored' || job.continueOnError?.value === 'true';
}

function severityOf({ type, failure }: CacheExport, pushes: boolean): Severity {
  return type === 'gha' || !pushes || failure === 'tested' ? 'hint' : 'warning';
}

function message({ type }: CacheExport, pushes: boolean): string {
  const store = stores.get(type);
  const harm = pushes
    ? `the build fails although its image is built and perhaps pushed, and no step after it runs`
    : `the build fails although nothing is wrong with the image`;
  return `When ${store} cannot take this cache (an outage, a limit, an expired token), ${harm}. With \`ignore-error=true\` only the cache is lost.`;
}
