import { match } from '../image/match.ts';
import { alternatives, display, literal } from '../image/template.ts';
import type { Build, Usage } from '../usage/usage.ts';
import { type TagUse, type TagWrite, tagWrites } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';

/** A repository whose images run on several platforms loses one of them where a build makes only one. */
export const platformSingle: Rule = {
  id: 'platform-single',
  title: 'A repository gets an image of one platform here and of several elsewhere',
  severity: 'hint',
  fixable: false,
  visit: {
    build(build, context) {
      const own = platformsOf(build);
      if (own === undefined || own.length > 1 || build.events.every(event => event.startsWith('pull_request'))) return;
      const writes = new Map(tagWrites(context.path, build).map(write => [display(write.parts.name), write] as const));
      for (const write of writes.values()) {
        const wider = widerBuild(write, context);
        if (!wider || isSaidAlready(context, build.at)) continue;
        const { usage, place } = wider;
        const all = (platformsOf(usage) ?? []).join(', ');
        const here = own[0] ?? 'the runner’s own platform';
        context.report({
          at: write.item.span,
          message: `\`${display(write.parts.name)}\` gets an image for ${here} only; elsewhere it is pushed for ${all}. Machines of the other platforms cannot run this one: “no matching manifest”, or “exec format error”.`,
          via: write.reference[0]?.via ?? [],
          related: [{ ...place, message: `It is pushed for ${all} here.` }],
        });
        return;
      }
    },
  },
};

/** The platforms as they are written; empty for the builder's own, `undefined` where one of them is not known. */
function platformsOf({ platforms }: Build): readonly string[] | undefined {
  const known = platforms?.map(literal);
  return known?.every(platform => platform !== undefined) ? known.filter(platform => platform !== undefined) : undefined;
}

/** A build of the same repository for several platforms; none where this one is a part of an index that is put together later. */
function widerBuild(write: TagWrite, { workspace, path }: RuleContext): TagUse<Build> | undefined {
  const others = workspace.flow.writesTo(write.parts.name, 'same', path);
  const wider = others.find((other): other is TagUse<Build> => other.usage.kind === 'build' && (platformsOf(other.usage)?.length ?? 0) > 1);
  return wider && !others.some(({ usage }) => takes(usage, write)) ? wider : undefined;
}

/** Whether a copy has the tag among its sources. */
function takes(usage: Usage, { reference }: TagWrite): boolean {
  if (usage.kind !== 'retag') return false;
  return [usage.from, ...(usage.others ?? [])].some(({ template }) =>
    alternatives(template).some(form => match(form, reference) !== 'never'),
  );
}
