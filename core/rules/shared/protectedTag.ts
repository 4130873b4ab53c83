import { match, matchNames } from '../../image/match.ts';
import { display, literal } from '../../image/template.ts';
import type { TagRead, TagWrite } from '../../workspace/tagFlow.ts';
import type { RuleContext } from '../rule.ts';
import type { Pushed } from './pushed.ts';

/** The tag that is pushed as a message names it: of several the one that is written out. */
export function tagName({ forms }: Pushed): string {
  const written = forms.find(({ parts }) => !parts.open && (!parts.tag || literal(parts.tag.value) !== undefined));
  const tag = (written ?? forms[0])?.parts.tag;
  return `\`${tag ? display(tag.value) : 'latest'}\``;
}

/** Whether the policy names the tag, or something in the workspace is deployed or copied by it. */
export function isProtected(move: Pushed, context: RuleContext): boolean {
  const { policy } = context.workspace;
  return (
    readerOf(move, context) !== undefined ||
    move.forms.some(({ parts }) => policy.isProtected(display(parts.name), parts.tag ? display(parts.tag.value) : 'latest') === true)
  );
}

/** What is deployed or copied by the tag, anywhere in the workspace. */
export function readerOf({ forms }: Pushed, { workspace, path }: RuleContext): TagRead | undefined {
  for (const form of forms) {
    const found = workspace.flow
      .readsOf(form.parts.name, 'same', path)
      .find(read => (read.usage.kind === 'deploy' || read.usage.kind === 'retag') && isSameTag(read, form));
    if (found) return found;
  }
  return undefined;
}

/** Writes of the same tag by the runs of other workflows. */
export function otherWriters({ forms }: Pushed, { workspace, path }: RuleContext): readonly TagWrite[] {
  return forms.flatMap(form =>
    workspace.flow
      .writesTo(form.parts.name, 'same', path)
      .filter(other => workflowOf(other) !== path && isSameTag(other, form) && matchNames(other.parts.name, form.parts.name) === 'same'),
  );
}

/** The workflow whose runs do it: of what a called file does, the outermost caller. */
function workflowOf({ path, call }: TagWrite): string {
  let outer = call;
  while (outer?.outer) outer = outer.outer;
  return outer?.caller.path ?? path;
}

function isSameTag(a: TagRead | TagWrite, b: TagWrite): boolean {
  if (a.parts.digest || a.parts.open) return false;
  if (!a.parts.tag || !b.parts.tag) return !a.parts.tag && !b.parts.tag;
  return match(a.parts.tag.value, b.parts.tag.value, 'repository') === 'same';
}
