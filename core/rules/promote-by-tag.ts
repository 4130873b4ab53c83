import { match } from '../image/match.ts';
import { referenceParts, tagMobility } from '../image/mobility.ts';
import { alternatives, display, holes, type Template } from '../image/template.ts';
import { besides, jobUsages, neededJobs } from '../usage/order.ts';
import type { Usage } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext, type Severity } from './rule.ts';
import { type Copy, copiesOf } from './shared/copies.ts';
import { isBuilt, isMirror } from './shared/promotedCopies.ts';
import { callsItselfPromotion, stepSaysPromotion } from './shared/promotion.ts';

/** Between the look at a tag and its copy somebody may push it again. */
export const promoteByTag: Rule = {
  id: 'promote-by-tag',
  title: 'An image is looked at and then copied by a tag that may have moved in between',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      // What was pulled stays on the machine as it was, and a called workflow speaks for itself.
      for (const copy of copiesOf(context.usage)) if (!copy.pull && !copy.usage.calledJob) check(copy, context);
    },
  },
};

function check(copy: Copy, context: RuleContext): void {
  const { from, retag } = copy;
  const { usage: file } = context;
  // A mirror, and what the run itself has pushed under the tag before.
  if ((isMirror(retag, file) && !stepSaysPromotion(retag)) || (isBuilt([from], file) && !callsItselfPromotion(file, copy.usage.job)))
    return;
  const forms = alternatives(from.template);
  const form = forms.find(one => severityOf(one) === 'warning') ?? forms.find(one => severityOf(one) !== undefined);
  const severity = form && severityOf(form);
  if (!severity) return;
  const looked = lookedAt(form, copy, context);
  if (!looked || isSaidAlready(context, from.span)) return;
  const place = looked.within ?? { path: context.path, span: looked.at };
  context.report({
    at: retag.within ? copy.at : from.span,
    severity,
    message: `${verb(looked)}, and the copy asks the registry for \`${display(form)}\` once more. If that tag ${severity === 'info' ? 'is one that moves and ' : ''}is pushed in between, an image is promoted that nobody looked at. Resolve the tag to its digest once and use \`@sha256:…\` for all that follows.`,
    related: [{ ...place, message: 'It is read here first.' }],
  });
}

/** A tag that moves; one that whoever starts the run names may be such a tag. */
function severityOf(form: Template): Severity | undefined {
  const { tag, digest, open } = referenceParts(form);
  if (digest || (open && !tag)) return undefined;
  if (!tag) return form.length > 0 ? 'warning' : undefined;
  const mobility = tagMobility(tag.value);
  if (mobility === 'moving') return 'warning';
  const isNamed = holes(tag.value).some(({ author, shape }) => (author === 'dispatcher' || author === 'caller') && shape !== 'sha40');
  return mobility === 'unknown' && isNamed ? 'info' : undefined;
}

/** An earlier look at the same tag, in the job or in one that it needs. */
function lookedAt(form: Template, { usage }: Copy, context: RuleContext): Usage | undefined {
  const { usage: file } = context;
  const own = besides(file, usage);
  const before = own.slice(0, own.indexOf(usage)).filter(other => looks(other) && isOf(other, form, 'job'));
  const needed = neededJobs(usage.job, file.workflow.jobs).flatMap(job => jobUsages(file, job));
  const earlier = needed.filter(other => looks(other) && isOf(other, form, 'run'));
  // What checks or tests says more than what asks.
  const all = [...before, ...earlier];
  return all.find(({ kind }) => kind === 'verify') ?? all.find(({ kind }) => kind === 'pull') ?? all[0];
}

/** `put-image` gets what `batch-get-image` has read; asking whether a tag is there is no look at the image. */
function looks(usage: Usage): boolean {
  if (usage.kind === 'verify') return true;
  if (usage.kind === 'pull') return usage.purpose === 'use' && usage.failure === 'fatal';
  return usage.kind === 'inspect' && usage.failure !== 'tested' && usage.tool !== 'aws ecr batch-get-image';
}

function isOf(usage: Usage, form: Template, nearness: 'job' | 'run'): boolean {
  return (
    (usage.kind === 'verify' || usage.kind === 'pull' || usage.kind === 'inspect') &&
    alternatives(usage.reference.template).some(other => match(other, form, nearness) === 'same')
  );
}

function verb({ kind }: Usage): string {
  if (kind === 'verify') return 'The signature of what the tag named was checked';
  return kind === 'pull' ? 'What the tag named was pulled and used' : 'What the tag named was looked at';
}
