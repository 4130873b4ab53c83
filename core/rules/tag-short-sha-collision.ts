import { tagMobility } from '../image/mobility.ts';
import type { HolePart, Template } from '../image/template.ts';
import { isInThrowawayRegistry } from '../usage/throwaway.ts';
import type { Usage } from '../usage/usage.ts';
import { tagWrites } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';

/** As many characters as git itself shortens to. */
const enough = 7;

/** A few characters of a commit name more than one commit sooner than people think. */
export const tagShortShaCollision: Rule = {
  id: 'tag-short-sha-collision',
  title: 'A tag is unique only by a SHA of fewer than seven characters',
  severity: 'hint',
  fixable: false,
  visit: { build: check, push: check, retag: check },
};

function check(usage: Extract<Usage, { kind: 'build' | 'push' | 'retag' }>, context: RuleContext): void {
  for (const { item, parts, reference } of tagWrites(context.path, usage)) {
    if (isInThrowawayRegistry(reference)) continue;
    const tag = parts.tag?.value ?? [];
    const cut = tag.find((part): part is HolePart => isCut(part));
    // A version, a date or a run's number beside it makes the tag one of its kind.
    if (!cut || tagMobility(tag.filter(part => part !== cut)) === 'immutable' || isSaidAlready(context, item.span)) continue;
    const length = cut.length ?? enough;
    context.report({
      at: item.span,
      message:
        `The tag tells builds apart by ${length} characters of a commit: among some ${likely(length)} of them two are as likely as not to share the tag, ` +
        'and the later one takes it from the earlier. Keep at least seven characters, or all forty.',
      via: cut.via,
    });
  }
}

function isCut(part: Template[number]): boolean {
  return part.kind === 'hole' && part.shape === 'shortSha' && part.length !== undefined && part.length < enough;
}

/** How many random SHAs of this length it takes until two are equal with even odds, in round numbers. */
function likely(length: number): string {
  const count = 1.18 * 16 ** (length / 2);
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return (Math.round(count / digits) * digits).toLocaleString('en');
}
