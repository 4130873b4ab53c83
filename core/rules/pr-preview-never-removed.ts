import { display, type Template } from '../image/template.ts';
import { isRequestNumber } from '../usage/mobility.ts';
import type { Job } from '../workflow/model.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { mayBeRemoved } from './shared/previewRemoval.ts';
import { hasPullRequestRuns, isForOpenRequest, isJudgedElsewhere, openRequestStarts } from './shared/pullRequests.ts';
import { type Pushed, pushedBy, pushStartsOf } from './shared/pushed.ts';
import { mayKeepRequestsOut } from './shared/requestGuards.ts';
import { writtenAt } from './shared/writtenAt.ts';

/** A pull request ends, its images do not. */
export const prPreviewNeverRemoved: Rule = {
  id: 'pr-preview-never-removed',
  title: 'Images of pull requests are pushed and nothing removes them',
  severity: 'info',
  fixable: false,
  visit: {
    file(context) {
      const { usage: file } = context;
      if (file.workflow.kind === 'action' || !hasPullRequestRuns(file)) return;
      const said = new Set<Job>();
      for (const pushed of pushedBy(file)) {
        if (said.has(pushed.usage.job) || !isSure(pushed, context)) continue;
        const form = pushed.forms.find(one => isOfRequest(one, pushed, context));
        if (!form || mayBeRemoved(form.parts.name, context.workspace)) continue;
        said.add(pushed.usage.job);
        tell(pushed, form, context);
      }
    },
  },
};

function isSure(pushed: Pushed, context: RuleContext): boolean {
  const { usage, starts } = pushed;
  if (isJudgedElsewhere(usage, context) || openRequestStarts(usage, context.usage, starts).length === 0) return false;
  if (usage.kind === 'build' && usage.pushes === undefined && !usage.pushStarts) return false;
  // A condition in a workflow for pull requests alone chooses among them.
  return starts.every(isForOpenRequest) || !mayKeepRequestsOut(usage, context);
}

const named = /^(?:github|gitea|forgejo)\.(?:head_ref|event\.pull_request\.head\.(?:ref|label))$/i;

/** A tag for one pull request: its number, its branch, or whatever a workflow for pull requests alone pushes by commit. */
function isOfRequest({ parts }: TagWrite, { usage }: Pushed, { workspace: { policy } }: RuleContext): boolean {
  const { name, tag, digest, open } = parts;
  if (!tag || digest || open || name.length === 0) return false;
  if (policy.isPreviewTag(display(name), display(tag.value))) return true;
  if (tag.value.some(part => isRequestNumber(part) || (part.kind === 'hole' && named.test(part.source)))) return true;
  return pushStartsOf(usage).every(isForOpenRequest) && namesCommit(tag.value);
}

function namesCommit(tag: Template): boolean {
  return tag.some(part => part.kind === 'hole' && (part.shape === 'sha40' || part.shape === 'shortSha'));
}

function tell(pushed: Pushed, form: TagWrite, context: RuleContext): void {
  const { usage, item } = pushed;
  const at = usage.within ? usage.at : writtenAt(pushed, form, context);
  if (isSaidAlready(context, at)) return;
  context.report({
    at,
    message:
      `Every pull request leaves \`${display(form.reference)}\` in the registry, and nothing in this workspace takes it away again: no workflow on \`closed\`, ` +
      'no clean-up job, no lifecycle policy. What nobody needs is stored, scanned and listed for years. Delete the tags when the pull request is closed, or let the registry expire them.',
    ...(at !== item.span && { related: [{ ...(usage.within ?? { span: item.span }), message: 'It is pushed here.' }] }),
  });
}
