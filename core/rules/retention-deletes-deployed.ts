import { display } from '../image/template.ts';
import type { Delete, Removal } from '../usage/upkeep.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { pushStartsOf } from './shared/pushed.ts';
import { pushedForm } from './shared/pushedForm.ts';
import { certaintyOf, type ReliedTag, reliedAt } from './shared/reliedTags.ts';
import { isLasting } from './shared/standingImages.ts';
import { insideOf, upkeepOf } from './shared/upkeepCalls.ts';

/** A clean-up that goes by age or number takes what runs as soon as it is old. */
export const retentionDeletesDeployed: Rule = {
  id: 'retention-deletes-deployed',
  title: 'A clean-up removes images that are deployed, or parts of images that stay',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      for (const use of upkeepOf('delete', context)) check(use, context);
    },
  },
};

function check(use: Delete, context: RuleContext): void {
  const { removal } = use;
  if (!removal || isDecided(use, context)) return;
  const found = ofTagged(use, removal, context) ?? ofChildren(use, removal, context);
  if (found && !isSaidAlready(context, found.at)) context.report({ ...found, related: [...insideOf(use), ...(found.related ?? [])] });
}

/** The script asks about what it is about to remove, in a way that nobody can follow. */
function isDecided({ step, removal }: Delete, { usage: { scripts } }: RuleContext): boolean {
  if (!step.run || removal?.tagged === false) return false;
  return scripts.some(
    ({ step: other, script }) => other === step && /\bif\b|\bcase\b|\[\[? |&& *continue/.test(script.slice(0, Number.MAX_SAFE_INTEGER)),
  );
}

/** Tagged images by their age or number, with nothing that keeps those that have to stay. */
function ofTagged(use: Delete, removal: Removal, context: RuleContext): Problem | undefined {
  const { tagged, takes, spares, idle } = removal;
  if (!tagged || !spares) return undefined;
  const name = use.reference.template;
  const at = idle?.item.span ?? use.at;
  const isBare = !takes && spares.length === 0;
  const lost = reliedAt(name, context).find(({ tag, isStanding }) => {
    if (isBare) return true;
    if (!isStanding || spares.some(spare => certaintyOf(spare, tag) !== 'never')) return false;
    return !takes || takes.some(take => certaintyOf(take, tag) === 'surely');
  });
  if (lost) return { at, message: harm(use, lost), related: places(lost) };
  const writes = context.workspace.flow.writesTo(name, 'maybe', context.path);
  const isForPreviews = writes.length > 0 && !writes.some(write => pushStartsOf(write.usage).some(isLasting));
  if (!isBare || isForPreviews) return undefined;
  // Where nobody in the workspace writes to it, what it holds is not known.
  return { at, ...(writes.length === 0 && { severity: 'info' }), message: harm(use, undefined) };
}

function harm({ reference, removal }: Delete, lost: ReliedTag | undefined): string {
  const isBare = !removal?.takes && removal?.spares?.length === 0;
  const which = isBare ? ', whatever their tags are.' : '.';
  const idle = removal?.idle ? ` ${capital(removal.idle.reason)}.` : '';
  const what = lost
    ? `\`${display(lost.tag)}\`, ${lost.why}${isBare ? ', goes with them' : ', is not excluded and goes'}`
    : 'What runs, and what you would go back to, goes with them';
  return `This clean-up removes the oldest images of \`${display(reference.template)}\`${which}${idle} ${what} once it is old enough or enough newer ones are there, and what starts anew cannot pull it. Name the tags that have to stay.`;
}

function places({ place, why }: ReliedTag): NonNullable<Problem['related']> {
  return [{ ...place, message: why === 'which is deployed' ? 'It is deployed here.' : 'The tag is written here.' }];
}

/** Untagged manifests, which an index that stays may point at. */
function ofChildren(use: Delete, { untagged, sparesChildren, untaggedBy }: Removal, context: RuleContext): Problem | undefined {
  if (!untagged || sparesChildren !== false) return undefined;
  const writes = context.workspace.flow.writesTo(use.reference.template, 'maybe', context.path);
  const index = writes.find(write => pushStartsOf(write.usage).some(isLasting) && isIndex(write, context));
  if (!index) return undefined;
  return {
    at: untaggedBy ?? use.at,
    message: `What is pushed to \`${display(use.reference.template)}\` is an index. The manifests that it points at, for its platforms and its provenance, have no tags of their own, and this clean-up takes them for left over. The index stays with its tag, and pulling it fails with “manifest unknown”. Use a clean-up that reads indexes, such as \`dataaxiom/ghcr-cleanup-action\`.`,
    related: [{ ...index.place, message: 'The index is pushed here.' }],
  };
}

function isIndex({ path, usage, call }: TagWrite, { workspace }: RuleContext): boolean {
  if (usage.kind === 'retag') return (usage.others?.length ?? 0) > 0;
  const file = workspace.usages(path).find(one => one.call === call) ?? workspace.usage(path);
  return usage.kind === 'build' && file !== undefined && pushedForm(usage, file, workspace) === 'index';
}

function capital(text: string): string {
  return text.replace(/^[a-z]/, first => first.toUpperCase());
}
