import type { Template } from '../image/template.ts';
import type { Edit } from '../text/span.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { isEcrHost } from '../usage/ecr.ts';
import { besides } from '../usage/order.ts';
import type { Attribute, CacheExport, Item, Login } from '../usage/usage.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext, type Severity } from './rule.ts';
import {
  addAttributes,
  attributeOf,
  cacheReference,
  isBuildKit,
  mayHoldMore,
  meantAs,
  readBoolean,
  writtenAt,
} from './shared/cacheEntry.ts';
import { placeOf } from './shared/origin.ts';

/** Amazon ECR takes a cache only as an image manifest, which BuildKit writes by itself since 0.21 (April 2025). */
export const cacheImageManifest: Rule = {
  id: 'cache-image-manifest',
  title: 'A registry cache goes to Amazon ECR without `image-manifest=true`',
  severity: 'warning',
  fixable: true,
  visit: {
    cacheExport(cache, context) {
      const flags = wrongFlags(cache, context);
      const { at, related } = placeOf(cache.entry, context.path);
      if (!flags || isSaidAlready(context, at)) return;
      const buildkit = pinnedBuilder(cache, context);
      const fix = makeExplicit(cache, flags, context.path);
      context.report({
        at,
        severity: severityOf(flags.refused, buildkit),
        message: message(flags.manifest, flags.mediaTypes, buildkit),
        related,
        ...(fix && { fix }),
      });
    },
  },
};

interface Flags {
  readonly manifest: Flag;
  readonly mediaTypes: Flag;
  readonly refused: boolean;
}

/** The flags of an export to Amazon ECR that are not right there. */
export function wrongFlags(cache: CacheExport, context: RuleContext): Flags | undefined {
  if (cache.type !== 'registry' || !isBuildKit(cache, context.usage)) return undefined;
  const reference = cacheReference(cache);
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

function flagOf(cache: CacheExport, name: string): Flag {
  const attribute = attributeOf(cache, name);
  if (!attribute) {
    const misspelt = meantAs(cache, name);
    if (misspelt) return { state: 'misspelt', attribute: misspelt };
    return { state: mayHoldMore(cache) ? 'unknown' : 'absent' };
  }
  const value = readBoolean(attribute.value);
  if (value === undefined) return { state: 'unknown', attribute };
  return { state: value === 'invalid' ? 'absent' : value ? 'on' : 'off', attribute };
}

/** The logins of a file to Amazon ECR, which each of its caches asks about. */
const logins = new WeakMap<WorkflowUsage, readonly Login[]>();

function ecrLogins(cache: CacheExport, { usage }: RuleContext): readonly Template[] {
  const all = logins.get(usage) ?? usage.usages.filter((other): other is Login => other.kind === 'login' && other.ecr);
  logins.set(usage, all);
  const jobs = new Set([cache.job.id.value, ...cache.job.needs.map(({ value }) => value)]);
  return all.flatMap(login => (jobs.has(login.job.id.value) ? [login.registry] : []));
}

/** The BuildKit version that this job pins before the build. */
function pinnedBuilder(cache: CacheExport, { usage }: RuleContext): readonly [number, number] | undefined {
  const own = besides(usage, cache);
  const builder = own.slice(0, own.indexOf(cache)).findLast(other => other.kind === 'builder');
  return builder?.kind === 'builder' ? builder.buildkit : undefined;
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
  const key = manifest.attribute?.key ?? '';
  const slip = /^\s/.test(key)
    ? `The space before \`${key.trim()}\` makes it another option, which BuildKit ignores.`
    : `BuildKit ignores \`${key}\`.`;
  const misspelt = manifest.state === 'misspelt' ? `${slip} ` : '';
  if (buildkit && writesImageManifests(buildkit)) {
    return `${misspelt}BuildKit ${buildkit.join('.')} writes image manifests by itself. \`image-manifest=true\` keeps this cache working with an older builder too.`;
  }
  if (buildkit)
    return `${misspelt}BuildKit ${buildkit.join('.')} writes the cache as an image index unless \`image-manifest=true\` is set. ${failure}`;
  return `${misspelt}Without \`image-manifest=true\` a builder older than BuildKit 0.21 (April 2025), such as a self-hosted or pinned one, writes the cache as an image index. ${failure}`;
}

/** Sets both attributes, wherever the entry is written as plain text in this file. */
function makeExplicit(cache: CacheExport, { manifest, mediaTypes }: Flags, path: string): Problem['fix'] | undefined {
  const edits = corrections(cache.entry, path, { 'image-manifest': manifest, 'oci-mediatypes': mediaTypes });
  const missing = [...(manifest.attribute ? [] : ['image-manifest=true']), ...(mediaTypes.attribute ? [] : ['oci-mediatypes=true'])];
  if (!edits) return undefined;
  if (missing.length > 0) {
    const addition = addAttributes(cache, missing, path);
    if (!addition) return undefined;
    edits.push(addition);
  }
  return { title: 'Set `image-manifest=true,oci-mediatypes=true`', safe: true, edits };
}

/** What is written and wrong, made right; `undefined` where it is not written here. */
function corrections(entry: Item, path: string, flags: Readonly<Record<string, Flag>>): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const [name, { state, attribute }] of Object.entries(flags)) {
    if (!attribute || state === 'on') continue;
    const [part, more] = state === 'misspelt' ? attribute.template : attribute.value;
    const span = more ? undefined : writtenAt(part, entry, path);
    if (!span) return undefined;
    edits.push({ span, text: state === 'misspelt' ? `${name}=true` : 'true' });
  }
  return edits;
}
