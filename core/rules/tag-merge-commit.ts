import { alternatives, display, type HolePart, type Template } from '../image/template.ts';
import type { Edit } from '../text/span.ts';
import { buildSource } from '../usage/commits.ts';
import { givenWith } from '../usage/given.ts';
import type { Start } from '../usage/starts.ts';
import type { Build, Checkout, Item, Push } from '../usage/usage.ts';
import { setStepInput } from '../workflow/inputEdit.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';

/** What a pull request's run calls `github.sha` is a merge that GitHub made for it: in no branch, and gone when the request is closed. */
export const tagMergeCommit: Rule = {
  id: 'tag-merge-commit',
  title: 'A pull request’s image is named after a merge commit that no branch contains',
  severity: 'info',
  fixable: true,
  visit: {
    build(build, context) {
      // A script that pushes perhaps does so in other runs, as often as not.
      if (build.pushes === false || (build.pushes === undefined && build.step.run)) return;
      const starts = build.pushStarts ?? build.starts;
      if (build.byDigest || !check(build.tags, 'tag', build, starts, context))
        check([...build.buildArgs, ...build.labels], 'value', build, starts, context);
    },
    push: (push, context) => void check([push.reference], 'tag', push, push.starts, context),
  },
};

function isRequest({ event }: Start): boolean {
  return event === 'pull_request' || event === 'pull_request_target';
}

/** Reports the first item that a pull request's run names after `github.sha`. */
function check(
  items: readonly Item[],
  what: 'tag' | 'value',
  usage: Build | Push,
  starts: readonly Start[],
  context: RuleContext,
): boolean {
  if (usage.conditional || !starts.some(isRequest)) return false;
  const checkouts = context.usage.usages.filter(
    (other): other is Checkout => other.kind === 'checkout' && other.job === usage.job && !other.repository,
  );
  // Another commit is built than the run's own: what names which is tag-claims-other-commit's.
  if (checkouts.some(({ ref }) => ref)) return false;
  for (const item of items) {
    const given = givenWith(item.template, starts).starts;
    const event = given.find(isRequest);
    const hole = event && mergeCommit(item.template);
    if (!hole || isSaidAlready(context, item.span)) continue;
    const fix = event.event === 'pull_request' && buildsCheckout(usage, context) ? nameHead(hole, checkouts, context) : undefined;
    context.report({ at: item.span, message: message(item, what, hole, event.event), via: hole.via, ...(fix && { fix }) });
    return true;
  }
  return false;
}

/** Without a folder to build from, the builder fetches the merge by itself, whatever was checked out. */
function buildsCheckout(usage: Build | Push, context: RuleContext): boolean {
  return usage.kind === 'push' || buildSource(usage, 'pull_request', context.usage)?.checkout !== undefined;
}

/** The run's commit, where every form of the value holds it. metadata-action's labels are left alone: they come with every build. */
function mergeCommit(template: Template): HolePart | undefined {
  const found = alternatives(template).map(form =>
    form.find((part): part is HolePart => part.kind === 'hole' && part.source === 'github.sha'),
  );
  const [first] = found;
  if (!first || found.some(hole => !hole) || first.via.some(({ what }) => /^output (?:labels|annotations|json|bake-file)/.test(what)))
    return undefined;
  return first;
}

const head = 'github.event.pull_request.head.sha';

function message(item: Item, what: 'tag' | 'value', hole: HolePart, event: string): string {
  const name = what === 'tag' ? 'The tag of this image' : `\`${display(item.template)}\``;
  if (event === 'pull_request_target')
    return `On \`pull_request_target\`, \`github.sha\` is the newest commit of the base branch, so ${name.replace(/^The/, 'the')} says nothing of the pull request.`;
  const row = hole.via.some(({ what: station }) => /^output tags of /.test(station));
  const advice = row
    ? '`DOCKER_METADATA_PR_HEAD_SHA: true` in the step’s `env:` names the head commit; check that one out, too.'
    : 'To name the commit that people see, take `github.event.pull_request.head.sha` here and in the checkout.';
  return `On \`pull_request\`, \`github.sha\` is the merge that GitHub made for this run: ${name.replace(/^The/, 'the')} names a commit that is in no branch and that nobody finds later. ${advice}`;
}

/** Names and checks out the head commit, both together: one without the other would name another commit than is built. */
function nameHead({ at, via, changes }: HolePart, checkouts: readonly Checkout[], { text }: RuleContext): Problem['fix'] | undefined {
  const [checkout] = checkouts;
  if (
    via.length > 0 ||
    changes ||
    checkouts.length !== 1 ||
    !checkout ||
    !/^\$\{\{\s*github\.sha\s*\}\}$/.test(text.slice(at.start, at.end))
  )
    return undefined;
  const value = `\${{ ${head} || github.sha }}`;
  const ref = setStepInput(text, checkout.step, 'ref', value);
  const edits: readonly Edit[] = [{ span: at, text: value }, ...(ref ? [ref] : [])];
  return ref && { title: 'Check out and name the pull request’s head commit', safe: false, edits };
}
