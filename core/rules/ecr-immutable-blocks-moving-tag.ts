import { match } from '../image/match.ts';
import { tagOf } from '../image/mobility.ts';
import { display, type Template } from '../image/template.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { formMobility, type Pushed, pushedBy } from './shared/pushed.ts';
import { ecrName, frozenBy, howFrozen, type Settings } from './shared/repositorySettings.ts';

/** A tag that is pushed again and again needs a repository that lets it be written again. */
export const ecrImmutableBlocksMovingTag: Rule = {
  id: 'ecr-immutable-blocks-moving-tag',
  title: 'A tag that is meant to move is pushed to a repository whose tags cannot be written again',
  severity: 'error',
  fixable: false,
  visit: {
    file(context) {
      const there = pushedBy(context.usage).filter(({ forms }) => forms.some(({ reference }) => ecrName(reference) !== undefined));
      // Most workspaces set nothing, and most files need not ask.
      if (there.length === 0 || !context.workspace.flow.settings.some(({ usage }) => usage.mutability)) return;
      for (const pushed of there) check(pushed, context);
    },
  },
};

function check(pushed: Pushed, context: RuleContext): void {
  for (const form of pushed.forms) {
    if (!pushed.starts.some(start => formMobility(form, start) === 'moving') || makesWay(form, context)) continue;
    const name = ecrName(form.reference);
    const tag = tagOf(form.parts, pushed.item.span);
    const settings = name && frozenBy(name, tag, context);
    if (!settings || isSaidAlready(context, pushed.item.span)) continue;
    context.report({
      at: pushed.item.span,
      message: message(tag, settings),
      related: [
        ...(pushed.usage.within ? [{ ...pushed.usage.within, message: 'The tag is pushed here.' }] : []),
        { path: settings.path, span: settings.usage.at, message: 'Its tags are made immutable here.' },
      ],
    });
    return;
  }
}

function message(tag: Template, { usage }: Settings): string {
  return `The tags of \`${display(usage.repository.template)}\` are ${howFrozen(usage)}. Amazon ECR takes the first push of \`${display(tag)}\`; the next one that has another image fails (“cannot be overwritten because the tag is immutable”), and the tag never moves. Exclude it (\`IMMUTABLE_WITH_EXCLUSION\`), or push only tags that name one build.`;
}

/** The job removes the tag before, or looks whether it is there and pushes only then. */
function makesWay({ usage, reference }: TagWrite, { usage: { sequence } }: RuleContext): boolean {
  // `aws ecr` does not name the registry.
  const isSame = (other: Template) => match(other, reference, 'job') !== 'never';
  return sequence.some(other => {
    if (other.job !== usage.job) return false;
    if (other.kind === 'delete') return other.removal !== undefined || isSame(other.reference.template);
    return usage.conditional && other.kind === 'inspect' && isSame(other.reference.template);
  });
}
