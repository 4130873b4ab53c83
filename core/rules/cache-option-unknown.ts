import { literal } from '../image/template.ts';
import { nearest } from '../text/nearest.ts';
import type { Span } from '../text/span.ts';
import type { Attribute } from '../usage/usage.ts';
import { wrongFlags } from './cache-image-manifest.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { type Cache, intended, isBuildKit, mayHoldMore, meantAs, writtenAt } from './shared/cacheEntry.ts';
import { cacheTypes, expectedValue, optionKind, requiredKey } from './shared/cacheOptions.ts';
import { placeOf } from './shared/origin.ts';

/** BuildKit drops what it does not know without a word. */
export const cacheOptionUnknown: Rule = {
  id: 'cache-option-unknown',
  title: 'A cache option that BuildKit does not know or cannot read',
  severity: 'warning',
  fixable: true,
  visit: { cacheExport: check, cacheImport: check },
};

function check(cache: Cache, context: RuleContext): void {
  if (cache.bare || !isBuildKit(cache, context.usage)) return;
  for (const attribute of cache.attributes) {
    const wrong = wrongAttribute(cache, attribute, context);
    if (!wrong) continue;
    const { at = placeOf(cache.entry, context.path).at, ...rest } = wrong;
    if (!isSaidAlready(context, at)) context.report({ at, ...rest });
  }
  const required = requiredKey(cache.type, cache.kind);
  if (required === undefined || meantAs(cache, required) || mayHoldMore(cache)) return;
  const { at, related } = placeOf(cache.entry, context.path);
  const side =
    cache.kind === 'cacheExport'
      ? 'The build fails: it has no place to write the cache to'
      : 'Nothing is imported: there is no place to read from';
  if (!isSaidAlready(context, at)) context.report({ at, related, message: `\`type=${cache.type}\` needs \`${required}=…\`. ${side}.` });
}

type Wrong = Omit<Problem, 'at'> & { readonly at?: Span };

function wrongAttribute(cache: Cache, attribute: Attribute, context: RuleContext): Wrong | undefined {
  const { type } = cache;
  const key = attribute.key.toLowerCase();
  if (attribute.key === '') return withoutValue(cache, attribute, context);
  if (key === 'type') return cacheTypes.includes(type) ? undefined : unknownType(cache, attribute, context);
  if (!cacheTypes.includes(type)) return undefined;
  const meant = intended(type, key);
  if (saidByManifestRule(cache, meant, context)) return undefined;
  const kind = optionKind(type, cache.kind, key);
  if (kind === 'known') return wrongValue(cache, attribute, context);
  const place = keyPlace(cache, attribute, context.path);
  const at = place && { at: place };
  if (kind === 'misplaced') {
    return { ...at, severity: 'info', message: `${misplaced(cache, key)} BuildKit ignores it.` };
  }
  const fix = place && meant && { fix: { title: `Write \`${meant}\``, safe: false, edits: [{ span: place, text: meant }] } };
  return { ...at, message: unknownMessage(type, attribute.key, meant), ...fix };
}

function unknownMessage(type: string, key: string, meant: string | undefined): string {
  if (/^\s/.test(key)) return `The space before \`${key.trim()}\` makes it another option, and BuildKit ignores it without a word.`;
  const guess = meant ? ` Perhaps \`${meant}\` is meant.` : '';
  return `\`type=${type}\` has no option \`${key}\`: BuildKit ignores it without a word.${guess}`;
}

function misplaced({ type, kind }: Cache, key: string): string {
  if (type === 'inline') return `An inline cache takes no \`${key}\`: it is part of the image and holds the layers of the image alone.`;
  return kind === 'cacheImport'
    ? `\`${key}\` is an option of the export (\`cache-to\`).`
    : `\`${key}\` is an option of the import (\`cache-from\`).`;
}

/** `cache-image-manifest` speaks of these two itself where they matter. */
function saidByManifestRule(cache: Cache, meant: string | undefined, context: RuleContext): boolean {
  if (cache.kind !== 'cacheExport' || (meant !== 'image-manifest' && meant !== 'oci-mediatypes')) return false;
  return wrongFlags(cache, context) !== undefined;
}

function unknownType(cache: Cache, attribute: Attribute, { path }: RuleContext): Wrong {
  const meant = nearest(cache.type.trim(), cacheTypes);
  const [part, more] = attribute.value;
  const at = more ? undefined : writtenAt(part, cache.entry, path);
  const harm = cache.kind === 'cacheExport' ? 'the build fails' : 'nothing is imported';
  // No fix: as another backend the entry would have other things to say of.
  const guess = meant ? ` Perhaps \`${meant}\` is meant.` : '';
  return { ...(at && { at }), message: `BuildKit has no cache backend \`${cache.type}\`: ${harm}.${guess}` };
}

function wrongValue(cache: Cache, { key, value }: Attribute, { path }: RuleContext): Wrong | undefined {
  const expected = expectedValue(cache.type, key.toLowerCase(), value);
  if (expected === undefined) return undefined;
  const [part, more] = value;
  const at = more ? undefined : writtenAt(part, cache.entry, path);
  const meant = key.toLowerCase() === 'mode' ? nearest(literal(value) ?? '', ['max', 'min']) : undefined;
  const fix = at && meant && { fix: { title: `Write \`${meant}\``, safe: false, edits: [{ span: at, text: meant }] } };
  return {
    ...(at && { at }),
    message: `\`${key}=${literal(value)}\` should be ${expected}. ${outcomes.get(key.toLowerCase()) ?? 'BuildKit cannot read it.'}`,
    ...fix,
  };
}

const outcomes: ReadonlyMap<string, string> = new Map([
  ['mode', 'BuildKit takes it as `min`, and the layers of all stages but the last are left out.'],
  ['ignore-error', 'BuildKit ignores it, and a cache that cannot be written fails the build.'],
  ['compression', 'The export fails, and the build with it.'],
]);

/** A field without `=`: buildx reads the list no further. */
function withoutValue(cache: Cache, { value }: Attribute, { path }: RuleContext): Wrong | undefined {
  const written = literal(value);
  if (written === undefined || literal(cache.entry.template) === undefined) return undefined;
  const [part, more] = value;
  const at = more ? undefined : writtenAt(part, cache.entry, path);
  const what = written === '' ? 'An empty option' : `\`${written}\` is no \`key=value\``;
  return {
    ...(at && { at }),
    message: `${what}${written === '' ? ' between commas' : ''}: buildx rejects the whole cache and the build fails.`,
  };
}

/** The key's characters in the file, spaces before it included. */
function keyPlace(cache: Cache, { key, template }: Attribute, path: string): Span | undefined {
  const [part] = template;
  const at = writtenAt(part, cache.entry, path);
  return at && { start: at.start, end: at.start + key.length };
}
