import { display } from '../image/template.ts';
import type { Item, Usage, Verify } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext, type Severity } from './rule.ts';
import { isBuilt } from './shared/promotedCopies.ts';
import { promotedImages } from './shared/promotedImages.ts';
import { isDeployment } from './shared/promotion.ts';
import { checksBefore, checksOf, mobilityOf, type Subject, subjectOf } from './shared/verifiedSubject.ts';

/** A check says something of the bytes that it looked at, and of no others. */
export const verifyWrongSubject: Rule = {
  id: 'verify-wrong-subject',
  title: 'The signature is checked of another image than the one that goes on',
  severity: 'error',
  fixable: false,
  visit: {
    file(context) {
      if (checksOf(context.usage).length === 0) return;
      for (const { source, by } of promotedImages(context)) check(source, by, 'promoted', context);
      for (const usage of context.usage.sequence) {
        if (usage.kind === 'deploy' && isDeployment(usage)) check(usage.reference, usage, 'deployed', context);
      }
    },
  },
};

function check(used: Item, by: Usage, done: 'promoted' | 'deployed', context: RuleContext): void {
  const found = checksBefore(by, context.usage).map(verify => ({ verify, subject: subjectOf(verify, used, by) }));
  if (found.some(({ subject }) => subject === 'same' || subject === 'unknown')) return;
  const wrong = found.findLast(({ subject }) => subject !== 'unrelated');
  if (!wrong || wrong.verify.within) return;
  const { verify, subject } = wrong;
  const severity = severityOf(subject, verify, used, context);
  if (!severity || isSaidAlready(context, verify.reference.span)) return;
  context.report({
    at: verify.reference.span,
    severity,
    message: words(subject, verify, used, done),
    related: [{ ...(by.within ?? { span: used.span }), message: `This is what is ${done}.` }],
  });
}

/** A tag that nobody pushes again names what was checked, as long as nobody does; the run's own build has just pushed it. */
function severityOf(subject: Subject, { reference }: Verify, used: Item, { usage }: RuleContext): Severity | undefined {
  if (subject === 'other') return 'error';
  const mobility = mobilityOf(subject === 'tag' ? reference : used);
  if (mobility === 'moving') return 'error';
  if (usage.sequence.some(({ kind }) => kind === 'build') && isBuilt([reference], usage)) return undefined;
  return mobility === 'immutable' ? 'info' : 'warning';
}

function words(subject: Subject, { reference }: Verify, used: Item, done: string): string {
  const [verified, promoted] = [`\`${display(reference.template)}\``, `\`${display(used.template)}\``];
  switch (subject) {
    case 'tag':
      return verified === promoted
        ? `${verified} is looked up once for the check and once more to be ${done}: whoever moves the tag in between has an unchecked image ${done}. Resolve the tag to a digest first, and use \`@sha256:…\` for both.`
        : `${verified} is a tag, and ${promoted} is ${done}: what was checked is whatever the tag named at that moment. Check the digest that is ${done}.`;
    case 'digestOfTag':
      return `The check is of ${verified}, but ${promoted} is ${done}: the tag is looked up anew, and may name an image that nobody checked. Use the checked digest for both.`;
    default:
      return `The check is of ${verified}, but ${promoted} is ${done}, which is another image: nobody checked who made that one.`;
  }
}
