import { referenceParts } from '../image/mobility.ts';
import { isFirst } from './first.ts';
import type { LiveRule } from './rule.ts';
import { asOf, nameOf } from './words.ts';

/** What runs, or is kept to go back to, must outlive the clean-up. */
export const liveExpiring: LiveRule = {
  id: 'live-expiring',
  title: 'The registry is about to expire an image that is deployed or is kept to go back to',
  severity: 'warning',
  fixable: false,
  check(use, context) {
    const { image, at, form, usage, role } = use;
    if (!image || role === 'cache' || !isFirst(use, context)) return;
    const settings = context.answers.settings(image.host, image.repository);
    if (!settings?.expiring?.length) return;
    const environment = image.tag !== undefined && context.workspace.policy.environmentOf(referenceParts(form).name, image.tag);
    if (role !== 'read' && !environment) return;
    if (usage.kind === 'inspect' && !environment) return;
    const answer = context.answers.image(image);
    const digest = image.digest ?? (answer?.status === 'found' ? answer.digest : undefined);
    const doomed = settings.expiring.find(one => one.digest === digest || (!image.digest && one.tags.includes(image.tag ?? 'latest')));
    if (!doomed) return;
    context.report({
      at,
      message: `The lifecycle policy of \`${image.repository}\` would expire \`${nameOf(use)}\` now (${asOf(settings.readAt, context.now)}). What is deployed cannot be pulled again then, and there is nothing to go back to. Give the policy a rule of higher priority that keeps it.`,
    });
  },
};
