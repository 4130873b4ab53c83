import type { HolePart } from '../../image/template.ts';
import { needsConsent } from '../../usage/consent.ts';
import { conditionsOf, privilegeOf } from '../../usage/privilege.ts';
import type { Job, Step } from '../../workflow/model.ts';
import type { RuleContext, Severity } from '../rule.ts';

/** Where a value that somebody outside chooses is used, and with which events. */
export interface OutsideUse {
  readonly job: Job;
  readonly step: Step;
  readonly events: readonly string[];
}

/**
 * How bad it is that an outsider's value gets there: an error where a stranger's does and the run has rights or secrets, a warning where it
 * has none, or where people with rights agree first: by a label, an environment, a list of names. `dispatched` is for values of whoever starts the run.
 */
export function severityByPrivilege(
  { author, events: carried }: HolePart,
  { job, step, events }: OutsideUse,
  { usage, text }: RuleContext,
  dispatched: Severity = 'warning',
): Severity {
  if (author === 'dispatcher') return events.includes('repository_dispatch') ? 'warning' : dispatched;
  if (author !== 'stranger') return 'info';
  const those = events.filter(event => !carried || carried.has(event));
  // Only a caller can tell which event it runs with.
  if (those.length === 0) return 'warning';
  if (conditionsOf(job, step, usage).some(needsConsent) || job.environment) return 'warning';
  return privilegeOf(job, usage, those, text) === 'little' ? 'warning' : 'error';
}

/** Who chooses a value, as the subject of a sentence. */
export function whoChooses({ author, source }: HolePart): string {
  if (author === 'dispatcher') return 'Whoever starts the workflow';
  if (author === 'pusher') return 'Whoever can push';
  if (author === 'caller') return 'The calling workflow';
  const ofIssue = source.startsWith('$(') ? /\bgh issue\b|\/issues\/|\/comments\// : /issue|comment|discussion/;
  if (ofIssue.test(source)) return 'Anyone who can write a comment or an issue';
  return 'Anyone who can open a pull request';
}
