import { tagKind } from '../image/tagKind.ts';
import type { Template } from '../image/template.ts';
import { display, literal } from '../image/template.ts';
import type { Place, Span } from '../text/span.ts';
import type { RepositorySettings } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { lifecycleOf } from './shared/lifecycleText.ts';
import { formMobility, pushStartsOf } from './shared/pushed.ts';
import { cachesAt, writesAt } from './shared/repositorySettings.ts';
import { insideOf, upkeepOf } from './shared/upkeepCalls.ts';

/** Each time a tag moves, the image before is left without one. */
export const ecrLifecycleUntaggedMissing: Rule = {
  id: 'ecr-lifecycle-untagged-missing',
  title: 'A lifecycle policy has no rule for the images that a moving tag leaves behind',
  severity: 'info',
  fixable: false,
  visit: {
    file(context) {
      for (const settings of upkeepOf('repositorySettings', context)) check(settings, context);
    },
  },
};

function check(settings: RepositorySettings, context: RuleContext): void {
  const given = lifecycleOf(settings);
  if (!given?.policy) return;
  const covers = given.policy.rules.some(({ selection, storage }) => storage === 'standard' && selection?.status !== 'tagged');
  if (covers) return;
  const moved = movedAt(settings.repository.template, context);
  const at = firstLine(settings.at, context);
  if (!moved || isSaidAlready(context, at)) return;
  context.report({
    at,
    message: `Each time \`${display(moved.tag)}\` is written again, the ${moved.what} before stays in \`${display(settings.repository.template)}\` without a tag, and no rule of this policy expires those: they pile up and are paid for. Add a rule for \`"tagStatus": "untagged"\`, with as many days as you may want to go back.`,
    related: [...insideOf(settings), { ...moved.place, message: 'The tag is written here.' }],
  });
}

interface Moved {
  readonly tag: Template;
  readonly what: 'image' | 'cache';
  readonly place: Place;
}

/** A tag of the repository that is written again and again: a cache, or a name that moves. */
function movedAt(name: Template, context: RuleContext): Moved | undefined {
  const image = writesAt(name, context).find(
    write => write.parts.tag && pushStartsOf(write.usage).some(start => formMobility(write, start) === 'moving'),
  );
  if (image) {
    const tag = image.parts.tag?.value ?? [];
    return { tag, what: tagKind(literal(tag) ?? '') === 'cache' ? 'cache' : 'image', place: image.place };
  }
  const cache = cachesAt(name, context).find(({ usage }) => usage.kind === 'cacheExport');
  return cache && { tag: cache.parts.tag?.value ?? cache.reference, what: 'cache', place: cache.place };
}

/** Of a call with the policy in its words, the line with its name. */
function firstLine({ start, end }: Span, { text }: RuleContext): Span {
  const length = text.slice(start, end).search(/[\r\n]|$/);
  return { start, end: start + length };
}
