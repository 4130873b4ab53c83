import type { Item, Usage } from '../../usage/usage.ts';
import type { RuleContext } from '../rule.ts';
import { byDigestMerge, isBuilt, isMirror } from './promotedCopies.ts';
import { callsItselfPromotion, saysPromotion, stepSaysPromotion } from './promotion.ts';
import { isProtected } from './protectedTag.ts';
import { type Pushed, pushedBy, pushedMobility } from './pushed.ts';

/** An image that was there before and is given the name of what people use. */
export interface PromotedImage {
  readonly pushed: Pushed;
  /** The image as it is read. */
  readonly source: Item;
  /** What reads it: the copy itself, or the pull behind a push. */
  readonly by: Usage;
}

/**
 * The promotions of a file, with what it calls: copies and retags of an image that the run does not build, to a tag that moves or is
 * protected, or in a job that says of itself that it promotes. A mirror, which keeps the tag, is one only where it says so.
 */
export function promotedImages(context: RuleContext): readonly PromotedImage[] {
  const { usage: file } = context;
  if (!file.sequence.some(({ kind }) => kind === 'retag')) return [];
  return pushedBy(file).flatMap(pushed => promotedImage(pushed, context));
}

function promotedImage(pushed: Pushed, context: RuleContext): readonly PromotedImage[] {
  const { usage: file } = context;
  const { usage } = pushed;
  if (usage.kind === 'build') return [];
  const named = callsItselfPromotion(file, usage.job, usage.calledJob) || saysPromotion(file) || stepSaysPromotion(usage);
  if (isMirror(usage, file) && !named) return [];
  if (!named && !pushed.starts.some(start => pushedMobility(pushed, start) === 'moving') && !isProtected(pushed, context)) return [];
  if (usage.kind === 'push') return pulledFor(pushed, context);
  if (usage.others?.length || byDigestMerge(usage, file) || isOfThisRun([usage.from, usage.to], context)) return [];
  return [{ pushed, source: usage.from, by: usage }];
}

/** `docker pull`, `docker tag`, `docker push`. */
function pulledFor(pushed: Pushed, context: RuleContext): readonly PromotedImage[] {
  for (const form of pushed.forms) {
    const chain = context.workspace.flow.origin(form);
    const first = chain.at(-1);
    if (first?.kind === 'pull' && !isOfThisRun([first.reference], context)) return [{ pushed, source: first.reference, by: first }];
  }
  return [];
}

/** Whether the run itself builds the image, here or in what calls this file. */
function isOfThisRun(items: readonly Item[], { usage: file, workspace }: RuleContext): boolean {
  const files = [file];
  for (let call = file.call; call; call = call.outer) files.push(...workspace.usages(call.caller.path).slice(0, 1));
  return files.some(one => one.sequence.some(({ kind }) => kind === 'build') && isBuilt(items, one));
}
