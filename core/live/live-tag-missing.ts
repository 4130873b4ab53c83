import type { Usage } from '../usage/usage.ts';
import { mayBeMadeBefore } from './madeBefore.ts';
import type { LiveRule } from './rule.ts';
import { asOf, nameOf } from './words.ts';

/** What is deployed or pulled has to be there. */
export const liveTagMissing: LiveRule = {
  id: 'live-tag-missing',
  title: 'A tag or digest that is deployed or pulled is not in the registry',
  severity: 'warning',
  fixable: false,
  check(use, context) {
    const { image, usage, at } = use;
    const answer = image && context.answers.image(image);
    if (answer?.status !== 'missing' || !needsImage(usage) || use.role !== 'read') return;
    if (mayBeMadeBefore(use, context.workspace, context.path)) return;
    const what = usage.kind === 'deploy' ? 'deployed' : usage.kind === 'retag' ? 'copied' : 'pulled';
    const fails = usage.kind === 'pull' && usage.purpose !== 'use' ? 'The job' : 'This step';
    context.report({
      at,
      message: `\`${nameOf(use)}\` is ${what} here and is not in the registry (${asOf(answer.readAt, context.now)}). ${fails} fails until somebody pushes it${image?.digest ? ', and a digest that was deleted does not come back by itself' : ''}.`,
    });
  },
};

/** A pull whose failure is asked about, or does not matter, is there to find out. */
function needsImage({ kind, failure, conditional }: Usage): boolean {
  return kind === 'deploy' || ((kind === 'pull' || kind === 'retag') && failure === 'fatal' && !conditional);
}
