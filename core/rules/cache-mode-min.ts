import { literal } from '../image/template.ts';
import type { Build } from '../usage/usage.ts';
import { readDockerfile } from '../workspace/dockerfile.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { dockerfilePath } from './shared/buildFiles.ts';
import { addAttributes, buildOf, isBuildKit, mayHoldMore, meantAs, placeOf } from './shared/cacheEntry.ts';

/** Without `mode=max` a cache holds the layers of the finished image only. */
export const cacheModeMin: Rule = {
  id: 'cache-mode-min',
  title: 'A cache leaves out the stages in which a multi-stage image is built',
  severity: 'hint',
  fixable: true,
  visit: {
    cacheExport(cache, context) {
      if (!isBuildKit(cache, context.usage) || cache.type !== 'registry' || meantAs(cache, 'mode') || mayHoldMore(cache)) return;
      const build = buildOf(cache, context.usage);
      const stages = build && earlierStages(build, context);
      if (!stages) return;
      const { at, related } = placeOf(cache.entry, context.path);
      if (isSaidAlready(context, at)) return;
      const edit = addAttributes(cache, ['mode=max'], context.path);
      context.report({
        at,
        related,
        message: `${stages.path} builds the image in ${stages.count} stages. Without \`mode=max\` only the layers of the last one are cached, so what the others do, which is mostly the slow part, is done anew on each run. Set \`mode=max\`, or \`mode=min\` where the cache has to stay small.`,
        ...(edit && { fix: { title: 'Add `mode=max`', safe: false, edits: [edit] } }),
      });
    },
  },
};

/** How many stages a build goes through, where they are more than one. */
function earlierStages(build: Build, { workspace, usage }: RuleContext): { readonly path: string; readonly count: number } | undefined {
  const path = dockerfilePath(build, usage);
  const text = path === undefined ? undefined : workspace.file(path);
  if (path === undefined || text === undefined) return undefined;
  const stages = readDockerfile(text);
  const target = build.target && literal(build.target.template);
  if (build.target && target === undefined) return undefined;
  const named = stages.findIndex(({ name }) => name?.toLowerCase() === target?.toLowerCase());
  const count = target === undefined || named < 0 ? stages.length : named + 1;
  return count > 1 ? { path, count } : undefined;
}
