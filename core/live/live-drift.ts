import { shortDigest } from '../image/digest.ts';
import { siblings } from './branches.ts';
import { isFirst } from './first.ts';
import type { LiveRule } from './rule.ts';
import { asOf, nameOf } from './words.ts';

/** An environment's tag and its aliases are one image by what the policy says. */
export const liveDrift: LiveRule = {
  id: 'live-drift',
  title: 'An environment’s tag and its alias name different images',
  severity: 'warning',
  fixable: false,
  check(use, context) {
    const { image, at } = use;
    const own = image && context.answers.image(image);
    if (!image || own?.status !== 'found' || !isFirst(use, context)) return;
    const { host, repository } = image;
    const others = siblings(use, context.workspace).flatMap(tag => {
      const answer = context.answers.image({ host, repository, tag });
      return answer?.status === 'found' && answer.digest !== own.digest ? [`\`${tag}\` names ${shortDigest(answer.digest)}`] : [];
    });
    if (others.length === 0) return;
    context.report({
      at,
      message: `\`${nameOf(use)}\` names ${shortDigest(own.digest)}, but ${others.join(' and ')} (${asOf(own.readAt, context.now)}). The policy says that they are one: a move of one of them failed half way, or went past the others.`,
    });
  },
};
