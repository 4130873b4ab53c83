import { matchNames } from '../image/match.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display } from '../image/template.ts';
import type { ShellCommand } from '../shell/command.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { callerEvent } from '../usage/events.ts';
import { neededJobs } from '../usage/order.ts';
import type { Inspect, Item, Opaque, Usage } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext, type Severity } from './rule.ts';
import { type PromotedImage, promotedImages } from './shared/promotedImages.ts';
import { callsItselfPromotion, callsItselfRelease, isByHand, isDeployment, saysPromotion } from './shared/promotion.ts';
import { tagName } from './shared/protectedTag.ts';
import { checksBefore, checksOf, subjectOf } from './shared/verifiedSubject.ts';

/** Whoever can push one tag decides what runs in production, unless somebody asks who made the image. */
export const promoteUnverified: Rule = {
  id: 'promote-unverified',
  title: 'An image is promoted and nobody checks who made it',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      const { usage: file } = context;
      const found = promotedImages(context).filter(({ pushed }) => !pushed.usage.within);
      for (const image of found) check(image, context);
      if (file.workflow.kind !== 'workflow' || found.length > 0) return;
      if (saysPromotion(file) || file.workflow.jobs.some(job => callsItselfPromotion(file, job) || callsItselfRelease(file, job)))
        checkOthers(context);
    },
  },
};

function check({ pushed, source, by }: PromotedImage, context: RuleContext): void {
  const { usage: file } = context;
  const { usage } = pushed;
  const isChecked = checksBefore(by, file).some(verify => subjectOf(verify, source, by) !== 'unrelated');
  if (isChecked || mayCheckUnseen(usage, context) || isSaidAlready(context, usage.at)) return;
  const later = checksOf(file).find(verify => verify.job === usage.job && subjectOf(verify, source, by) !== 'unrelated' && !verify.within);
  const severity = severityOf([source, pushed.item], pushed.forms[0]?.parts, context);
  const tag = tagName(pushed);
  // Of several images in turn the one that goes with the tag.
  const own = alternatives(source.template).find(form => `\`${display(referenceParts(form).tag?.value ?? [])}\`` === tag);
  context.report({
    at: usage.at,
    severity,
    message: `${tag} is moved to \`${display(own ?? source.template)}\` and nothing before it checks who made that image: whoever can push it decides what ${tag} is.${advice(severity)}`,
    related: later ? [{ span: later.at, message: 'This check comes after the tag has moved.' }] : [],
  });
}

function advice(severity: Severity): string {
  return severity === 'hint'
    ? ' Sign what the build pushes (`cosign sign`, `actions/attest-build-provenance`), and check the signature of the digest here.'
    : ' Check the signature of the digest first: `cosign verify` or `gh attestation verify`, with the identity of the workflow that builds it.';
}

/** A warning where somebody signs the image, or the policy asks for a signature: then the check costs a line. */
function severityOf(items: readonly Item[], parts: ReturnType<typeof referenceParts> | undefined, context: RuleContext): Severity {
  const { workspace, usage } = context;
  const place = parts && workspace.policy.environmentOf(display(parts.name), parts.tag ? display(parts.tag.value) : 'latest');
  if (!(place && place.signatures.length > 0) && !isSigned(items, context)) return 'hint';
  // Callers that nobody sees may have checked.
  const isCalled = usage.workflow.triggers.every(({ event }) => event === callerEvent);
  return isCalled && !usage.call ? 'info' : 'warning';
}

function isSigned(items: readonly Item[], { workspace, usage: own }: RuleContext): boolean {
  const names = items.flatMap(({ template }) => alternatives(template)).map(form => referenceParts(form).name);
  return workspace.paths().some(path => {
    const sequence = workspace.usage(path)?.sequence ?? [];
    const nearness = path === own.workflow.path ? 'run' : 'repository';
    return sequence.some(
      usage =>
        usage.kind === 'sign' &&
        alternatives(usage.reference.template).some(form =>
          names.some(name => matchNames(referenceParts(form).name, name, nearness) === 'same'),
        ),
    );
  });
}

const checks =
  /cosign|sigstore|notation|notaryproject|attestation|slsa-verifier|in-toto|CONTENT_TRUST|docker trust|policy-controller|ratify|kyverno|conftest|binauthz|binary-authorization|verif(?:y|ies)[\w-]*[ -]?(?:signature|provenance|attestation)/i;

/** Something in the job, in a job that it needs or around its call speaks of signatures in words that are not read here. */
function mayCheckUnseen({ job, step }: Usage, { usage: file, text, workspace }: RuleContext): boolean {
  const read = new Set(file.sequence.flatMap(usage => (usage.kind === 'verify' || usage.kind === 'sign' ? [usage.step] : [])));
  for (const before of [...neededJobs(job, file.workflow.jobs), job]) {
    for (const other of before.steps) {
      // What comes after the move checks nothing before it.
      if ((before === job && other.index >= step.index) || read.has(other) || other.uses?.value.includes('cosign-installer')) continue;
      if (checks.test(text.slice(other.span.start, other.span.end))) return true;
    }
  }
  for (let call = file.call; call; call = call.outer) {
    const caller = workspace.usage(call.caller.path);
    if (caller && checksBeforeCall(caller, call)) return true;
  }
  // An action runs in whatever its caller has checked.
  return file.workflow.kind === 'action' && !file.call;
}

function checksBeforeCall(caller: WorkflowUsage, { job, step }: NonNullable<WorkflowUsage['call']>): boolean {
  const needed = new Set(neededJobs(job, caller.workflow.jobs));
  return checksOf(caller).some(verify => needed.has(verify.job) || (verify.job === job && verify.step.index < step.index));
}

/** Promotions that deploy by name, or leave the work to a script: only where the job says so itself. */
function checkOthers(context: RuleContext): void {
  const { usage: file } = context;
  if (checksOf(file).length > 0) return;
  for (const job of file.workflow.jobs) {
    const named = callsItselfPromotion(file, job) || saysPromotion(file);
    const usages = file.sequence.filter(usage => usage.job === job && !usage.within && usage.starts.some(isByHand));
    if (usages.length === 0 || usages.some(({ kind }) => kind === 'build') || !usages[0] || mayCheckUnseen(usages[0], context)) continue;
    const asked = named && (usages.some(isDeployment) || job.environment) ? usages.find(isQuestion) : undefined;
    const script = named || callsItselfRelease(file, job) ? usages.find(usage => isHandedOver(usage, context)) : undefined;
    const at = asked ?? script;
    const span = at && (commandOf(at, context)?.span ?? at.at);
    if (!span || isSaidAlready(context, span)) continue;
    const message = asked
      ? `This tells that \`${display(asked.reference.template)}\` is there, not who made it: whoever can push the tag decides what runs.`
      : 'Nothing that can be seen here checks who made the image before it is given another name: whoever can push the source decides what the target is.';
    context.report({ at: span, severity: 'hint', message: message + advice('hint') });
  }
}

function isQuestion(usage: Usage): usage is Inspect {
  return usage.kind === 'inspect' && alternatives(usage.reference.template).every(form => !referenceParts(form).digest);
}

/** A script that is given one image's name and another's: `release.sh app-dev:1.2 app`. */
function isHandedOver(usage: Usage, context: RuleContext): usage is Opaque {
  if (usage.kind !== 'opaque' || (usage.what !== 'command' && usage.what !== 'script')) return false;
  const words = commandOf(usage, context)?.words.slice(1) ?? [];
  const [source, target] = words
    .map(({ template }) => display(template))
    .filter(word => /[/:]|source|target|\bfrom\b|\bto\b/.test(word) && !/\.\w+$/.test(word));
  return source !== undefined && target !== undefined && /:|source|from/i.test(source);
}

function commandOf({ step, at }: Usage, { usage: { scripts } }: RuleContext): ShellCommand | undefined {
  const script = scripts.find(other => other.step === step);
  return script?.commands.find(({ span }) => span.start <= at.start && at.end <= span.end);
}
