import { referenceParts } from '../image/mobility.ts';
import { tagKind } from '../image/tagKind.ts';
import { alternatives, display, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Usage } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { because, hiddenCommand, isOutcomeRead } from './shared/hiddenFailure.ts';

/** A push that failed must not look like one that worked. */
export const pushFailureHidden: Rule = {
  id: 'push-failure-hidden',
  title: 'A push may fail and nobody sees it',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      for (const usage of context.usage.usages) {
        const pushed = usage.failure === 'ignored' ? pushedNames(usage) : [];
        if (pushed.length === 0 || pushed.every(isCache) || pushed.every(isLocal) || isLookedAtLater(usage, pushed, context)) continue;
        const hidden = hiddenCommand(usage, context);
        const goesOn = usage.step.continueOnError;
        if (hidden) {
          if (!isSaidAlready(context, usage.at)) report(usage.at, pushed, because(hidden), context);
        } else if (goesOn?.value === 'true' && !isOutcomeRead(usage.job, usage.step, context)) {
          if (!isSaidAlready(context, goesOn.span)) report(goesOn.span, pushed, '`continue-on-error` lets the step fail', context);
        }
      }
    },
  },
};

function report(at: Span, [first = [], ...more]: readonly Template[], why: string, { report: say }: RuleContext): void {
  const what = `\`${display(first)}\`${more.length > 0 ? ` and ${more.length} more` : ''}`;
  say({
    at,
    message:
      `When the push of ${what} fails, the job goes on and stays green: ${why}. ` +
      'What deploys or promotes the tag afterwards gets the image before, or none. Let the push end the step, or say with `::error::` and an exit status that it failed.',
  });
}

/** What a usage leaves in a registry. */
function pushedNames(usage: Usage): readonly Template[] {
  if (usage.kind === 'push') return [usage.reference.template];
  if (usage.kind === 'retag') return usage.remote ? [usage.to.template] : [];
  return usage.kind === 'build' && usage.pushes === true && !usage.byDigest ? usage.tags.map(({ template }) => template) : [];
}

/** A cache that is not written costs time, no more. */
function isCache(reference: Template): boolean {
  return alternatives(reference).some(form => {
    const { name, tag } = referenceParts(form);
    const last = tag?.value.at(-1);
    const repository = name.at(-1);
    return (
      (last?.kind === 'text' && (tagKind(last.text) === 'cache' || /cache$/i.test(last.text))) ||
      (repository?.kind === 'text' && /cache$/i.test(repository.text))
    );
  });
}

/** A registry of the job's own, for tests. */
function isLocal(reference: Template): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])[:/]/.test(display(reference));
}

/** Something of the job that must succeed reads the pushed name afterwards: it would not be there. */
function isLookedAtLater(usage: Usage, pushed: readonly Template[], { usage: { usages } }: RuleContext): boolean {
  const names = new Set(pushed.map(display));
  return usages.some(other => {
    if (other.job !== usage.job || other.failure !== 'fatal' || other.conditional || other.at.start <= usage.at.start) return false;
    return (other.kind === 'inspect' || other.kind === 'pull' || other.kind === 'verify') && names.has(display(other.reference.template));
  });
}
