import { match } from '../image/match.ts';
import { referenceParts } from '../image/mobility.ts';
import { display, literal } from '../image/template.ts';
import type { Usage } from '../usage/usage.ts';
import type { LiveContext, LiveRule } from './rule.ts';
import type { ImageUse } from './uses.ts';
import { asOf } from './words.ts';

/** What is deployed or pulled has to be there. */
export const liveTagMissing: LiveRule = {
  id: 'live-tag-missing',
  title: 'A tag or digest that is deployed or pulled is not in the registry',
  severity: 'warning',
  fixable: false,
  check(use, context) {
    const { image, usage, at, form } = use;
    const answer = image && context.answers.image(image);
    if (answer?.status !== 'missing' || !needsImage(usage) || use.role !== 'read' || isWrittenBefore(use, context)) return;
    const what = usage.kind === 'deploy' ? 'deployed' : usage.kind === 'retag' ? 'copied' : 'pulled';
    context.report({
      at,
      message: `\`${display(form)}\` is ${what} here and is not in the registry (${asOf(answer.readAt, context.now)}). This step fails until somebody pushes it${image?.digest ? ', and a digest that was deleted does not come back by itself' : ''}.`,
    });
  },
};

/** A pull whose failure is asked about, or does not matter, is there to find out. */
function needsImage({ kind, failure, conditional }: Usage): boolean {
  return kind === 'deploy' || ((kind === 'pull' || kind === 'retag') && failure === 'fatal' && !conditional);
}

/** The same file pushes it: the first run makes it. */
function isWrittenBefore({ form, image }: ImageUse, { workspace, path, uses }: LiveContext): boolean {
  if (image?.digest) return false;
  const { name, tag } = referenceParts(form);
  const mine = uses.some(one => one.role === 'write' && one.image?.tag === image?.tag && one.image?.repository === image?.repository);
  if (mine) return true;
  // A tag of which nobody knows what a run makes of it may be this one.
  return workspace.flow
    .writesTo(name, 'maybe', path)
    .some(
      write =>
        write.path === path && literal(write.reference) === undefined && match(write.parts.tag?.value ?? [], tag?.value ?? []) !== 'never',
    );
}
