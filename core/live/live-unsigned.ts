import { referenceParts } from '../image/mobility.ts';
import { isFirst } from './first.ts';
import type { LiveRule } from './rule.ts';
import { asOf, nameOf } from './words.ts';

/** Where the policy says who signs, something has to be signed. */
export const liveUnsigned: LiveRule = {
  id: 'live-unsigned',
  title: 'What an environment runs has no signature, and the policy demands one',
  severity: 'warning',
  fixable: false,
  check(use, context) {
    const { image, form, at } = use;
    const answer = image && context.answers.image(image);
    if (answer?.status !== 'found' || answer.signed !== 'unsigned' || !image?.tag || !isFirst(use, context)) return;
    const environment = context.workspace.policy.environmentOf(referenceParts(form).name, image.tag);
    if (!environment || environment.signatures.length === 0) return;
    context.report({
      at,
      message: `\`${nameOf(use)}\` has no signature (${asOf(answer.readAt, context.now)}), and the policy demands one of what \`${environment.name}\` runs. It was moved past the check; find out by whom, and go back to an image that is signed.`,
    });
  },
};
