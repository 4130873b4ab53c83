import { isLinear } from '../image/split.ts';
import { literal, type Template, type TextPart } from '../image/template.ts';
import type { Edit } from '../text/span.ts';
import { isEcrHost } from '../usage/ecr.ts';
import type { Attribute, CacheExport } from '../usage/usage.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext, type Severity } from './rule.ts';

/** Amazon ECR takes a cache only as an image manifest, which BuildKit writes by itself since 0.21 (April 2025). */
export const cacheImageManifest: Rule = {
  id: 'cache-image-manifest',
  title: 'A registry cache goes to Amazon ECR without `image-manifest=true`',
  severity: 'warning',
  fixable: true,
  visit: {
    cacheExport(cache, context) {
      const flags = wrongFlags(cache, context);
      if (!flags || isSaidAlready(context, cache.at)) return;
      const { manifest, mediaTypes, refused } = flags;
      const buildkit = pinnedBuilder(cache, context);
      const fix = makeExplicit(cache, manifest, mediaTypes);
      context.report({
        at: cache.entry.span,
        severity: severityOf(refused, buildkit),
        message: message(manifest, mediaTypes, buildkit),
        via: cache.entry.template[0]?.via ?? [],
        ...(fix && { fix }),
      });
    },
  },
};

/** The flags of an export to Amazon ECR that are not right there. */
function wrongFlags(
  cache: CacheExport,
  context: RuleContext,
): { readonly manifest: Flag; readonly mediaTypes: Flag; readonly refused: boolean } | undefined {
  if (cache.type !== 'registry') return undefined;
  const reference = referenceOf(cache);
  if (!isEcrHost(reference) && !isEcrHost(reference, ecrLogins(cache, context))) return undefined;
  const manifest = flagOf(cache, 'image-manifest');
  const mediaTypes = flagOf(cache, 'oci-mediatypes');
  // An expression decides: nobody can tell.
  if (manifest.state === 'unknown' || mediaTypes.state === 'unknown') return undefined;
  const refused = manifest.state === 'off' || mediaTypes.state === 'off';
  return manifest.state === 'on' && !refused ? undefined : { manifest, mediaTypes, refused };
}

interface Flag {
  readonly state: 'on' | 'off' | 'absent' | 'unknown' | 'misspelt';
  readonly attribute?: Attribute;
}

// Go's strconv.ParseBool, which BuildKit reads these with.
const on = /^(?:1|t|T|TRUE|true|True)$/;
const off = /^(?:0|f|F|FALSE|false|False)$/;

function flagOf({ attributes }: CacheExport, name: string): Flag {
  // BuildKit lower-cases keys, and does not know one that begins with a space.
  const attribute = attributes.find(({ key }) => key.toLowerCase() === name);
  if (!attribute) {
    const spaced = attributes.find(({ key }) => key.trim().toLowerCase() === name);
    if (spaced) return { state: 'misspelt', attribute: spaced };
    return {
      state:
        attributes.some(({ key, value }) => key === '' && literal(value) === undefined) && attributes.length > 1 ? 'unknown' : 'absent',
    };
  }
  const value = literal(attribute.value);
  if (value === undefined) return { state: 'unknown', attribute };
  return { state: on.test(value) ? 'on' : off.test(value) ? 'off' : 'absent', attribute };
}

function referenceOf({ attributes, bare }: CacheExport): Template {
  return (bare ? attributes[0]?.value : attributes.find(({ key }) => key.trim() === 'ref')?.value) ?? [];
}

function ecrLogins(cache: CacheExport, { usage }: RuleContext): readonly Template[] {
  const jobs = new Set([cache.job.id.value, ...cache.job.needs.map(({ value }) => value)]);
  return usage.usages.flatMap(other => (other.kind === 'login' && other.ecr && jobs.has(other.job.id.value) ? [other.registry] : []));
}

/** The BuildKit version that this job pins before the build. */
function pinnedBuilder(cache: CacheExport, { usage }: RuleContext): readonly [number, number] | undefined {
  const builders = usage.usages.filter(other => other.kind === 'builder' && other.job === cache.job && other.at.start < cache.at.start);
  const last = builders.at(-1);
  return last?.kind === 'builder' ? last.buildkit : undefined;
}

function writesImageManifests([major, minor]: readonly [number, number]): boolean {
  return major > 0 || minor >= 21;
}

function severityOf(refused: boolean, buildkit: readonly [number, number] | undefined): Severity {
  if (refused) return 'error';
  if (!buildkit) return 'warning';
  return writesImageManifests(buildkit) ? 'hint' : 'error';
}

function message(manifest: Flag, mediaTypes: Flag, buildkit: readonly [number, number] | undefined): string {
  const failure = 'Amazon ECR refuses it with “400 Bad Request”, and the build fails.';
  if (manifest.state === 'off') return `\`image-manifest=false\` writes the cache as an image index. ${failure}`;
  if (mediaTypes.state === 'off')
    return 'With `oci-mediatypes=false` BuildKit cannot write the image manifest that Amazon ECR asks for, and the build fails.';
  const space = manifest.state === 'misspelt' ? 'The space before `image-manifest` makes it another option, which BuildKit ignores. ' : '';
  if (buildkit && writesImageManifests(buildkit)) {
    return `${space}BuildKit ${buildkit.join('.')} writes image manifests by itself. \`image-manifest=true\` keeps this cache working with an older builder too.`;
  }
  if (buildkit)
    return `${space}BuildKit ${buildkit.join('.')} writes the cache as an image index unless \`image-manifest=true\` is set. ${failure}`;
  return `${space}Without \`image-manifest=true\` a builder older than BuildKit 0.21 (April 2025), such as a self-hosted or pinned one, writes the cache as an image index. ${failure}`;
}

/** Sets both attributes, wherever the entry is written as plain text at its place. */
function makeExplicit(cache: CacheExport, manifest: Flag, mediaTypes: Flag): Problem['fix'] | undefined {
  const edits = corrections(manifest, mediaTypes);
  const missing = [...(manifest.attribute ? [] : ['image-manifest=true']), ...(mediaTypes.attribute ? [] : ['oci-mediatypes=true'])];
  if (!edits) return undefined;
  if (missing.length > 0) {
    const addition = insertion(cache, missing);
    if (!addition) return undefined;
    edits.push(addition);
  }
  return { title: 'Set `image-manifest=true,oci-mediatypes=true`', safe: true, edits };
}

/** What is written and wrong, made right; `undefined` where it is not written here. */
function corrections(...flags: readonly Flag[]): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const { state, attribute } of flags) {
    if (!attribute || state === 'on') continue;
    const [part] = state === 'misspelt' ? attribute.template : attribute.value;
    if (part?.kind !== 'text' || !isLinear(part)) return undefined;
    if (state === 'misspelt')
      edits.push({ span: { start: part.at.start, end: part.at.start + (part.text.length - part.text.trimStart().length) }, text: '' });
    else edits.push({ span: part.at, text: 'true' });
  }
  return edits;
}

function insertion({ entry, attributes, bare }: CacheExport, missing: readonly string[]): Edit | undefined {
  const last = entry.template.at(-1);
  if (bare) {
    const [first] = entry.template;
    return first?.kind === 'text' && isLinear(first)
      ? { span: { start: first.at.start, end: first.at.start }, text: `type=registry,${missing.join(',')},ref=` }
      : undefined;
  }
  const type = attributes.find(({ key }) => key.trim() === 'type')?.value[0];
  const anchor = [last, type].find((part): part is TextPart => part?.kind === 'text' && isLinear(part));
  return anchor && { span: { start: anchor.at.end, end: anchor.at.end }, text: `,${missing.join(',')}` };
}
