import { match, matchNames } from '../image/match.ts';
import { type ReferenceParts, referenceParts, tagOf } from '../image/mobility.ts';
import { alternatives, display, type Template } from '../image/template.ts';
import type { Edit } from '../text/span.ts';
import type { CacheExport } from '../usage/usage.ts';
import { nearnessOf, type TagRead, type TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { buildOf, type Cache, cacheReference, isBuildKit, placeOf, writtenAt } from './shared/cacheEntry.ts';

/** A tag holds one manifest: an image or a cache. */
export const cacheRefIsImage: Rule = {
  id: 'cache-ref-is-image',
  title: 'A cache is written to the tag of an image',
  severity: 'error',
  fixable: true,
  visit: {
    cacheExport(cache, context) {
      if (cache.type !== 'registry' || !isBuildKit(cache, context.usage)) return;
      for (const reference of alternatives(cacheReference(cache))) {
        const image = imageAt(cache, reference, context);
        if (!image) continue;
        const { at, related } = placeOf(cache.entry, context.path);
        if (isSaidAlready(context, at)) return;
        const fix = ownTag(cache, reference, context);
        context.report({
          at,
          message: `${message(reference, image)} A tag holds one of them, and pulling it after the cache was written fails with “unsupported media type application/vnd.buildkit.cacheconfig.v0”.`,
          related: [...related, { ...image.place, message: 'The image is named here.' }],
          ...(fix && { fix }),
        });
        return;
      }
    },
  },
};

type ImageUse = TagWrite | TagRead;

/** Who pushes, deploys or pulls the same tag as an image; a write before a read. */
function imageAt(cache: CacheExport, reference: Template, { workspace, path }: RuleContext): ImageUse | undefined {
  const parts = referenceParts(reference);
  if (parts.open || parts.digest || parts.name.length === 0) return undefined;
  const uses: readonly ImageUse[] = [
    ...workspace.flow.writesTo(parts.name, 'same', path),
    ...workspace.flow.readsOf(parts.name, 'same', path).filter(({ usage }) => needsImage(usage)),
  ];
  return uses.find(
    use =>
      !use.parts.open &&
      !use.parts.digest &&
      match(tagOf(parts, cache.at), tagOf(use.parts, use.usage.at), nearnessOf({ path, usage: cache }, use)) === 'same',
  );
}

/** A pull that may fail is layer reuse, and a question needs no image. */
function needsImage(usage: TagRead['usage']): boolean {
  return usage.kind !== 'inspect' && usage.failure !== 'ignored';
}

function message(reference: Template, { usage }: ImageUse): string {
  const how = {
    build: 'pushed as an image',
    push: 'pushed as an image',
    retag: 'moved as an image',
    deploy: 'deployed',
    pull: 'pulled as an image',
    inspect: 'read as an image',
  };
  return `The cache is written to \`${display(reference)}\`, which is also ${how[usage.kind]}.`;
}

/** Another tag for the cache, here and where the same build reads it. */
function ownTag(cache: CacheExport, reference: Template, context: RuleContext): Problem['fix'] | undefined {
  const build = buildOf(cache, context.usage);
  const own = referenceParts(reference);
  const readers = context.usage.usages.filter(
    (use): use is Cache & { kind: 'cacheImport' } =>
      use.kind === 'cacheImport' &&
      use.type === 'registry' &&
      use.step === cache.step &&
      buildOf(use, context.usage) === build &&
      isSame(referenceParts(cacheReference(use)), own),
  );
  const edits: Edit[] = [];
  for (const use of [cache, ...readers]) {
    const edit = retagged(use, context.path);
    if (!edit) return undefined;
    edits.push(edit);
  }
  return { title: `Keep the cache under a tag of its own, \`:${cacheTag}\``, safe: false, edits };
}

/** Whether both name one tag, in one job. */
function isSame(a: ReferenceParts, b: ReferenceParts): boolean {
  return matchNames(a.name, b.name, 'job') === 'same' && match(tagOf(a), tagOf(b), 'job') === 'same';
}

const cacheTag = 'buildcache';

function retagged(cache: Cache, path: string): Edit | undefined {
  const reference = cacheReference(cache);
  const { tag } = referenceParts(reference);
  if (!tag) {
    const end = writtenAt(reference.at(-1), cache.entry, path)?.end;
    return end === undefined ? undefined : { span: { start: end, end }, text: `:${cacheTag}` };
  }
  const [first] = tag.value;
  const last = tag.value.at(-1);
  const start = writtenAt(tag.colon[0], cache.entry, path)?.end;
  const end =
    first && last && (last.kind === 'text' ? writtenAt(last, cache.entry, path)?.end : last.via.length === 0 ? last.at.end : undefined);
  return start === undefined || end === undefined || end < start ? undefined : { span: { start, end }, text: cacheTag };
}
