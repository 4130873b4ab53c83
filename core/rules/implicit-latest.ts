import { referenceFlaw } from '../image/flaws.ts';
import { matchNames } from '../image/match.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, type Template } from '../image/template.ts';
import { besides } from '../usage/order.ts';
import { isInThrowawayRegistry } from '../usage/throwaway.ts';
import type { Item, Pull } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { insertedAfter } from './shared/edits.ts';

/** A reference with neither tag nor digest is `latest`. Deployments without one are deploy-moving-tag's. */
export const implicitLatest: Rule = {
  id: 'implicit-latest',
  title: 'A reference has neither tag nor digest, so `latest` is meant',
  severity: 'warning',
  fixable: true,
  visit: {
    build: (build, context) => {
      if (build.pushes === false || build.byDigest) return;
      for (const item of build.tags) check(item, 'pushed', context);
    },
    push: (push, context) => {
      if (!push.allTags) check(push.reference, 'pushed', context);
    },
    retag: (retag, context) => {
      if (!retag.remote) return;
      for (const item of [retag.from, ...(retag.others ?? [])]) check(item, 'read', context);
      check(retag.to, 'pushed', context);
    },
    pull: (pull, context) => {
      // What others publish, and what a job only builds on, is no part of the images that are made here.
      if (pull.purpose === 'use' && pull.failure !== 'ignored' && isBuiltHere(pull, context) && !isLocal(pull, context))
        check(pull.reference, 'pulled', context);
    },
  },
};

function check(item: Item, does: 'pushed' | 'read' | 'pulled', context: RuleContext): void {
  const bare = alternatives(item.template).find(form => hasNoTag(form) && !isInThrowawayRegistry(form));
  if (!bare || isSaidAlready(context, item.span)) return;
  // Pulled by name, `latest` is what pull-moving-tag warns of.
  const edit = does === 'pulled' ? undefined : insertedAfter(item.template, ':latest');
  const name = display(bare);
  context.report({
    at: item.span,
    message:
      does === 'pushed'
        ? `\`${name}\` has no tag, so it is pushed as \`latest\` and takes that name from the image before. Write the tag that is meant.`
        : `\`${name}\` has no tag, so \`latest\` is read: whatever was pushed last, not what this run made. Write the tag or digest that is meant.`,
    via: bare[0]?.via ?? [],
    ...(edit && { fix: { title: 'Write `:latest`', safe: false, edits: [edit] } }),
  });
}

/** Something is known of the name's end, and it brings no tag along. */
function hasNoTag(reference: Template): boolean {
  const { name, tag, digest, open } = referenceParts(reference);
  if (tag || digest || open || name.length === 0) return false;
  const [first] = name;
  // A path or a URL (`oci://…` of helm) is another kind of name, and a list that is made elsewhere is none.
  const isOther =
    (first?.kind === 'text' && /^(?:\/|\.|\w+:\/\/)/.test(first.text)) ||
    name.some(part => part.kind === 'text' && /[\s,]/.test(part.text));
  // `app:feature/x` has a tag, if a wrong one.
  return !isOther && referenceFlaw(reference)?.kind !== 'tagCharacter';
}

function isBuiltHere({ reference }: Pull, { workspace, path }: RuleContext): boolean {
  return alternatives(reference.template).some(form => workspace.flow.writesTo(referenceParts(form).name, 'same', path).length > 0);
}

/** It was built or named on this machine before, so that nothing is fetched: `docker run` of what the job has just built. */
function isLocal(pull: Pull, { usage }: RuleContext): boolean {
  const names = alternatives(pull.reference.template).map(form => referenceParts(form).name);
  return besides(usage, pull).some(other => {
    if (other.at.start >= pull.at.start) return false;
    const items = other.kind === 'build' ? other.tags : other.kind === 'retag' && !other.remote ? [other.to] : [];
    const forms = items.flatMap(({ template }) => alternatives(template));
    return forms.some(form => names.some(name => matchNames(referenceParts(form).name, name, 'job') === 'same'));
  });
}
